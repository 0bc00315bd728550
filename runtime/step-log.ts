import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { inStore } from "../release/store.ts";
import { clipLines } from "./receipt.ts";

/** The log of one step: everything it did, with times. Returns its path and how to write a line. */
export function openLog(store: string, rollout: string, step: string, redact: (text: string) => string) {
  const folder = inStore.evidence(store, rollout === "" ? "opening" : rollout);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${step}.log`);
  return {
    path,
    line: (text: string): void => {
      appendFileSync(path, `${new Date().toISOString()} ${clipLines(redact(text))}\n`);
    },
  };
}
