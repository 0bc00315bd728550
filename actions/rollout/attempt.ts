import { inStore } from "../../release/store.ts";
import { writeAtomicAlone } from "../files.ts";
import { readJson } from "../json-file.ts";

/** The rollout that was opened last, whatever became of it: a killed one is known by this and by nothing else. */
export interface Attempt {
  readonly id: string;
  readonly release: string;
}

export function writeAttempt(store: string, attempt: Attempt): void {
  writeAtomicAlone(inStore.attempt(store), JSON.stringify(attempt));
}

/** Undefined before the first. Errors: what is written there is no attempt. */
export function readAttempt(store: string): Attempt | undefined {
  return readJson(
    inStore.attempt(store),
    { id: "string", release: "string" },
    "Put it back from a copy of the store; without one remove it: a rollout that was killed is then forgotten",
  ) as Attempt | undefined;
}
