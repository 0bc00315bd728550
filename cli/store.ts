import { fenceOf as fenceOfDatabase } from "../actions/databases/sqlite/database.ts";
import { readStamp, type Stamp } from "../actions/fence.ts";
import { fenceOf } from "../actions/platforms/servers/host.ts";
import { type Expected, whyAnotherStore, whyNotStore } from "../runtime/store.ts";
import { whyNotWitnessed } from "../runtime/witness.ts";
import type { EnvironmentSettings } from "./environment.ts";
import { Problem } from "./problem.ts";
import type { Stack } from "./stack.ts";
import type { State } from "./state.ts";

/**
 * Why the store is not the one of the stack's last rollout, or an earlier copy of it, in words; undefined when it is the
 * right one, or there was none.
 */
export function whyNotStoreOf(stack: Stack, state: State | undefined): string | undefined {
  const { settings } = stack;
  const expected = expectedBy(stack, state);
  const { id, leaving } = expected;
  return asRead(settings.store, (store) => {
    const why = whyNotStore(store, expected);
    return why ?? (id === undefined || id === leaving ? undefined : whyNotSeen(settings, id));
  });
}

/**
 * Why the store is gone, or another one than that of the stack's last rollout, in words; undefined when it is the right one,
 * whatever its ledger says, or there was none.
 */
export const whyAnotherStoreOf = (stack: Stack, state: State | undefined): string | undefined =>
  asRead(stack.settings.store, (store) => whyAnotherStore(store, expectedBy(stack, state)));

function expectedBy(stack: Stack, state: State | undefined): Expected {
  const left = stack.file.config()["switchback:leaveStore"];
  return { id: state?.record?.store, leaving: typeof left === "string" ? left : "none" };
}

/** A store that cannot be read is no answer either. */
function asRead(store: string, why: (store: string) => string | undefined): string | undefined {
  try {
    return why(store);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    return `the store ${store} cannot be read: ${error.message}. Nothing was changed.`;
  }
}

/** Errors: the store is not the one of the stack's last rollout, so that what is found there is no answer. */
export function wantStoreOf(stack: Stack, state: State | undefined): void {
  const why = whyNotStoreOf(stack, state);
  if (why !== undefined) throw new Problem(why);
}

/** What hosts and database have against the store's ledger, in words. Those that cannot be asked have nothing. */
function whyNotSeen(settings: EnvironmentSettings, id: string): string | undefined {
  const { store } = settings;
  const asked = fencesOf(settings).map(([who, fence]) => {
    const stamp = readableStamp(fence);
    return stamp?.store === id ? whyNotWitnessed(store, id, { who, ...stamp.ledger }) : undefined;
  });
  return asked.find((why) => why !== undefined);
}

function readableStamp(fence: string): Stamp | undefined {
  try {
    return readStamp(fence);
  } catch {
    // Said by `verify`, and by the next rollout. Whether somebody is at work is to be seen all the same.
    return undefined;
  }
}

/** What hosts and database remember of the rollout that has acted there last, by their names. */
export function stampsOf(settings: Pick<EnvironmentSettings, "hosts" | "database">): Map<string, Stamp> {
  return new Map(
    fencesOf(settings).flatMap(([name, fence]) => {
      const stamp = readStamp(fence);
      return stamp === undefined ? [] : [[name, stamp] as const];
    }),
  );
}

const fencesOf = ({
  hosts,
  database,
}: Pick<EnvironmentSettings, "hosts" | "database">): (readonly [name: string, fence: string])[] => [
  ...hosts.map((host) => [host.name, fenceOf(host)] as const),
  [database, fenceOfDatabase(database)],
];
