import { inStore } from "../../release/store.ts";
import { readIfThere, writeAtomic } from "../files.ts";

/** The rollout that was opened last, whatever became of it: a killed one is known by this and by nothing else. */
export interface Attempt {
  readonly id: string;
  readonly release: string;
}

export function writeAttempt(store: string, attempt: Attempt): void {
  writeAtomic(inStore.attempt(store), JSON.stringify(attempt));
}

/** Undefined before the first. */
export function readAttempt(store: string): Attempt | undefined {
  const text = readIfThere(inStore.attempt(store));
  return text === undefined ? undefined : (JSON.parse(text) as Attempt);
}
