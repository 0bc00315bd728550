import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../actions/action.ts";
import { inStore } from "../release/store.ts";
import { clipLines } from "./receipt.ts";
import { whyUnusable } from "./store.ts";

/**
 * The log of one step: everything it did, with times. Returns its path and how to write a line. Errors: the store cannot
 * be written to; this is the first that a step writes there.
 */
export function openLog(store: string, rollout: string, step: string, redact: (text: string) => string) {
  const folder = inStore.evidence(store, rollout === "" ? "opening" : rollout);
  try {
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, `${step}.log`), "");
  } catch (error) {
    throw new Refusal(whyUnusable(store, error));
  }
  const path = join(folder, `${step}.log`);
  return {
    path,
    line: (text: string): void => {
      try {
        appendFileSync(path, `${new Date().toISOString()} ${clipLines(redact(text))}\n`);
      } catch {
        // On a full disk: a line is no reason to stop in the middle of a switch. Whoever must write there will say so.
      }
    },
  };
}
