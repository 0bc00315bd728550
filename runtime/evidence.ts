import { existsSync } from "node:fs";
import { join } from "node:path";
import { readIfThere, writeAtomic } from "../actions/files.ts";
import { inStore } from "../release/store.ts";

/** The evidence of one rollout: its logs, and what is written about it. */
export function evidenceOf(store: string, rollout: string) {
  const path = (name: string): string => join(inStore.evidence(store, rollout), name);
  return {
    path,
    has: (name: string): boolean => existsSync(path(name)),
    /** The text of a piece of evidence, undefined when there is none. */
    read: (name: string): string | undefined => readIfThere(path(name)),
    /** Puts a piece of evidence in place, whole. */
    write: (name: string, text: string): void => {
      writeAtomic(path(name), text);
    },
  };
}
