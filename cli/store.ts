import { fenceOf as fenceOfDatabase } from "../actions/databases/sqlite/database.ts";
import { readStamp, type Stamp } from "../actions/fence.ts";
import { fenceOf } from "../actions/platforms/servers/host.ts";
import { whyNotStore } from "../runtime/store.ts";
import type { EnvironmentSettings } from "./environment.ts";
import { Problem } from "./problem.ts";
import type { Stack } from "./stack.ts";
import type { State } from "./state.ts";

/** Why the store is not the one of the stack's last rollout, in words; undefined when it is, or there was none. */
export function whyNotStoreOf(stack: Stack, state: State | undefined): string | undefined {
  const { store } = stack.settings;
  const leaving = stack.file.config()["switchback:leaveStore"];
  try {
    return whyNotStore(store, { id: state?.record?.store, leaving: typeof leaving === "string" ? leaving : "none" });
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

/** What hosts and database remember of the rollout that has acted there last, by their names. */
export function stampsOf({ hosts, database }: Pick<EnvironmentSettings, "hosts" | "database">): Map<string, Stamp> {
  const fences = [...hosts.map((host) => [host.name, fenceOf(host)] as const), [database, fenceOfDatabase(database)]];
  return new Map(
    fences.flatMap(([name = "", fence = ""]) => {
      const stamp = readStamp(fence);
      return stamp === undefined ? [] : [[name, stamp] as const];
    }),
  );
}
