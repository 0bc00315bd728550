import { freeAbandoned, holding, type Lease, readLease } from "../../runtime/lease.ts";
import { nameOf } from "../../runtime/owner.ts";
import { agrees, wantSomebody } from "../ask.ts";
import { cancel } from "../failure.ts";
import { type LockHolder, removeLocks } from "../lock.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { Problem } from "../problem.ts";
import { type Row, say, table } from "../say.ts";
import type { Stack } from "../stack.ts";
import { wantStoreOf } from "../store.ts";

export interface UnlockOptions extends CommonOptions {
  readonly yes?: boolean;
}

/** Who may change an environment now: the store's lease and the engine's lock on the stack. */
export interface Locks {
  readonly lease: Lease | undefined;
  readonly leaseIs: ReturnType<typeof holding>;
  readonly lock: LockHolder;
}

/** Shows who holds lease and lock, and takes them from the dead. Errors: an owner is alive, or that cannot be seen from here. */
export async function unlock(_: string | undefined, options: UnlockOptions): Promise<number> {
  const stack = openStack(options);
  wantStoreOf(stack, await stack.state());
  const locks = locksOf(stack);
  const { leaseIs, lock } = locks;
  if (options.json) say(JSON.stringify({ ...locks, lock: { state: lock.state, by: lock.by } }, undefined, 2));
  else for (const line of table(describeLocks(locks), "")) say(line);
  if (leaseIs === "free" && lock.state === "nobody") return 0;
  const why = whyNot(stack.name, locks);
  if (why !== undefined) throw new Problem(`${why} Nothing was changed.`);
  wantSomebody(options.yes);
  if (!(await agrees("Their owners are dead. Take them away?", options.yes))) {
    say("Nothing was changed.");
    return 1;
  }
  removeLocks(lock.dead);
  freeAbandoned(stack.settings.store);
  if (lock.state === "unknown") throw new Problem(`The lease is free now. ${unseen(stack.name)}`);
  if (!options.json) say(`unlocked. Go on with what was cut off, or release something else: switchback up`);
  return 0;
}

function locksOf(stack: Stack): Locks {
  const { store } = stack.settings;
  const lease = readLease(store);
  const leaseIs = holding(store, lease);
  // An engine whose steps fell silent in the middle of a rollout: whatever machine it was on, it is gone.
  return { lease, leaseIs, lock: stack.lockHolder(leaseIs === "abandoned") };
}

export function describeLocks({ lease, leaseIs, lock }: Locks): Row[] {
  return [
    ["lease", lease === undefined || leaseIs === "free" ? "free" : `${held(lease)}\n${inWords[leaseIs]}`],
    ["engine lock", [lock.by, lockInWords[lock.state]].filter((line) => line !== "").join("\n")],
  ];
}

const held = ({ rollout, release, step, owner, since, heartbeat }: Lease): string =>
  `rollout ${rollout} (${release}) at ${step}, by ${nameOf(owner)} since ${since}, heard of at ${heartbeat}`;

const inWords = { held: "at work", elsewhere: "on another machine, heard of lately", abandoned: "dead" };
const lockInWords: Readonly<Record<LockHolder["state"], string>> = {
  nobody: "free",
  somebody: "alive",
  elsewhere: "on another machine: it cannot be seen from here",
  unnamed: "dead or alive: it does not say whose it is",
  unknown: "kept by the backend: cannot be seen from here",
  dead: "dead",
};

/** Why nothing may be taken away, in one line; undefined when something of the dead can be. */
export function whyNot(stack: string, { lease, leaseIs, lock }: Locks): string | undefined {
  if (lease && leaseIs === "held") return `${stack}: rollout ${lease.rollout} is at work. Wait for it to end.`;
  if (lease && leaseIs === "elsewhere")
    return `${stack}: whether rollout ${lease.rollout} is dead cannot be seen from here. Not heard of until ${lease.expires}, it is taken for dead: try again then.`;
  if (lock.state === "somebody") return `${stack}: the engine is at work, of ${lock.by}. Wait for it to end.`;
  if (lock.state === "elsewhere")
    return `${stack}: whether the engine of ${lock.by} is dead is to be seen only there. When you know that it is: ${cancel(stack)}.`;
  if (lock.state === "unnamed")
    return `${stack}: whether the engine is dead that holds the lock is to be seen by nobody. When you know that it is: ${cancel(stack)}.`;
  return lock.state === "unknown" && leaseIs === "free" ? unseen(stack) : undefined;
}

const unseen = (stack: string): string =>
  `${stack}: whether an engine holds the lock is known to the backend only. switchback up says so when one does. When you know that it is dead: ${cancel(stack)}.`;
