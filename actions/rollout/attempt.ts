import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inStore } from "../../release/store.ts";

/** The rollout that was opened last, whatever became of it: a killed one is known by this and by nothing else. */
export interface Attempt {
  readonly id: string;
  readonly release: string;
}

export function writeAttempt(store: string, attempt: Attempt): void {
  const path = inStore.attempt(store);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, JSON.stringify(attempt));
  renameSync(`${path}.tmp`, path);
}

/** Undefined before the first. */
export function readAttempt(store: string): Attempt | undefined {
  try {
    return JSON.parse(readFileSync(inStore.attempt(store), "utf8")) as Attempt;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
