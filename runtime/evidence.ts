import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../actions/files.ts";
import { readJson, type Shape } from "../actions/json-file.ts";
import { inStore } from "../release/store.ts";

/** The evidence of one rollout: its logs, and what is written about it. */
export function evidenceOf(store: string, rollout: string) {
  const path = (name: string): string => join(inStore.evidence(store, rollout), name);
  return {
    path,
    has: (name: string): boolean => existsSync(path(name)),
    /** What a piece of evidence holds, undefined when there is none. Errors: it is damaged; see `readJson`. */
    read: (name: string, shape: Shape, remedy: string): unknown => readJson(path(name), shape, remedy),
    /** Puts a piece of evidence in place, whole. */
    write: (name: string, text: string): void => {
      writeAtomic(path(name), text);
    },
  };
}
