import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Refusal } from "../actions/action.ts";
import { writeAtomic } from "../actions/files.ts";
import { readJson } from "../actions/json-file.ts";
import { inStore } from "../release/store.ts";
import { readLease, whyNotSeen } from "./lease.ts";

/** What tells a store from an empty folder, such as the place of a mount that is gone. Made with the first rollout. */
export interface StoreMark {
  readonly id: string;
  readonly made: string;
}

/** What is known of the store that must be there. */
export interface Expected {
  /** Id of the store of the last rollout, undefined before the first. */
  readonly id: string | undefined;
  /** Id of the store that is left on purpose, `none` for none; also of one that stays as it is, and is not what it was. */
  readonly leaving: string;
}

/** Undefined in a folder that was never used as a store, and where there is no folder. Errors: its mark is damaged. */
export function readMark(store: string): StoreMark | undefined {
  return readJson(
    inStore.mark(store),
    { id: "string", made: "string" },
    "Put it back from a copy of the store. Nothing was changed",
  ) as StoreMark | undefined;
}

/** Why this is not the environment's store, or an earlier copy of it, in words; undefined when it is, or may become it. */
export function whyNotStore(store: string, expected: Expected): string | undefined {
  const { id, leaving } = expected;
  if (id === undefined || id === leaving) return undefined;
  return whyAnotherStore(store, expected) ?? whyNotSeen(store, readLease(store), id);
}

/** Why this is not the environment's store at all: gone, or another one. Whether it is an earlier copy is not asked. */
export function whyAnotherStore(store: string, { id, leaving }: Expected): string | undefined {
  if (id === undefined || id === leaving) return undefined;
  const found = readMark(store);
  if (found?.id === id) return undefined;
  const what =
    found === undefined
      ? `the store ${store} is empty, but this environment has been released to before: is it mounted?`
      : `the store ${store} is another one (${found.id}) than this environment's (${id}): is the right one mounted?`;
  return (
    `${what} Nothing was changed. ` +
    `To go on without its backups, artifacts and ledger, on purpose: switchback:leaveStore: ${id} in the stack's file`
  );
}

/** Marks a store for a rollout that opens, where it is not yet one. Returns its id. Errors: it is the wrong one. */
export function enterStore(store: string, expected: Expected): string {
  return usable(store, () => {
    const why = whyNotStore(store, expected);
    if (why !== undefined) throw new Refusal(why);
    const found = readMark(store);
    if (found) return found.id;
    makeFolder(store);
    return writeMark(store);
  });
}

/**
 * Gives a store that is left on purpose, and is still the one in use, an id of its own: an earlier copy goes on by itself,
 * and what lease, hosts and database have seen is of another ledger from now on. For who may open a rollout, which
 * remembers the id. Returns it; the same one where no store is left, or another one.
 */
export const leaveBehind = (store: string, id: string, { leaving }: Expected): string =>
  id === leaving ? usable(store, () => writeMark(store)) : id;

function writeMark(store: string): string {
  const mark: StoreMark = { id: randomBytes(4).toString("hex"), made: new Date().toISOString() };
  writeAtomic(inStore.mark(store), `${JSON.stringify(mark)}\n`);
  return mark.id;
}

/** The id of a store that a rollout was opened in. Errors: it is not there, and nothing is made in its place. */
export function wantStore(store: string): string {
  const found = usable(store, () => readMark(store));
  if (found) return found.id;
  throw new Refusal(`the store ${store} is not there: is it mounted? Nothing was changed. Then: switchback up`);
}

/** It holds backups and logs: what nobody has made yet is made for its owner's eyes only. */
function makeFolder(store: string): void {
  mkdirSync(dirname(resolve(store)), { recursive: true });
  if (!existsSync(store)) mkdirSync(store, { mode: 0o700 });
}

function usable<T>(store: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new Refusal(whyUnusable(store, error));
  }
}

/** What the system has against a store, and what to do. */
export function whyUnusable(store: string, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `the store ${store} cannot be used: ${why}. Mend it, or name another one in switchback:environment.store`;
}
