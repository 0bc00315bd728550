import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type LedgerEnd, Refusal } from "../actions/action.ts";
import { exclusively } from "../actions/exclusive.ts";
import { readJson, type Shape } from "../actions/json-file.ts";
import { inStore } from "../release/store.ts";
import { leaseSilenceSeconds } from "./heartbeat.ts";
import { endOf, highestFencing } from "./ledger.ts";
import { isAlive, isSame, isStopped, nameOf, type Owner, ownerShape, thisProcess } from "./owner.ts";
import { ownersAtWork } from "./record.ts";
import { whyNotWitnessed } from "./witness.ts";

/** The right to change an environment, held by one rollout at a time. */
export interface Lease {
  /** Grows with every new holder: whoever comes to a host with a smaller one has lost the right. */
  readonly fencing: number;
  /** Empty when nobody holds it. */
  readonly rollout: string;
  readonly release: string;
  /** What it is held for now, or was last. */
  readonly step: string;
  /** The step's process. */
  readonly owner: Owner;
  /** The engine's process: between two steps it is the only one that lives. */
  readonly engine: Owner;
  /** The rollout that was opened last, whoever holds the lease; empty before the first. */
  readonly opened: string;
  /** The rollout whose last step was done last. What is asked of it later, such as one check more, does not keep the lease. */
  readonly ended?: string;
  readonly since: string;
  readonly heartbeat: string;
  readonly expires: string;
  /** The ledger's end at the last heartbeat: a ledger that ends earlier was cut off. */
  readonly ledger: LedgerEnd;
  /** Id of the store whose ledger that is. Absent in leases of earlier versions: nobody knows. */
  readonly store?: string;
}

/** Who wants the lease, and for what. */
export interface Claimant extends Pick<Lease, "rollout" | "release" | "step" | "engine"> {
  /** Opens a rollout: may take over what a dead one has left behind. One that goes on may not. */
  readonly opens: boolean;
  /** Wants a new number, because somebody it cannot see may still act with the old one. Default false. */
  readonly anew?: boolean;
  /** Id of the store. */
  readonly id?: string;
}

/**
 * What can be said of a lease from this machine. `elsewhere`: its holder is on another machine and was heard of lately.
 * `abandoned`: nobody is left who could go on.
 */
export type Holding = "free" | "held" | "elsewhere" | "abandoned";

/**
 * Takes the lease for a rollout, or keeps it. Errors: another rollout holds it, or was opened since; the ledger is not the
 * one that the lease has seen.
 */
export function hold(store: string, claimant: Claimant): Lease {
  const { rollout, release, step, engine, opens, anew = false, id } = claimant;
  const path = inStore.lease(store);
  mkdirSync(dirname(path), { recursive: true });
  return exclusively(`${path}.lock`, ({ write }) => {
    const lease = readLease(store);
    const mine = lease?.rollout === rollout ? lease : undefined;
    if (!mine) refuseIfHeld(store, lease, claimant);
    const why = whyNotSeen(store, lease, id);
    if (why !== undefined) throw new Refusal(why);
    const next: Lease = {
      fencing: mine && !anew ? mine.fencing : nextFencing(store, lease),
      ...{ rollout, release, step, owner: thisProcess(), engine },
      opened: opens ? rollout : (lease?.opened ?? ""),
      ...(lease?.ended === undefined ? {} : { ended: lease.ended }),
      since: mine?.since ?? new Date().toISOString(),
      ...heardOf(store),
      ...(id === undefined ? {} : { store: id }),
    };
    write(path, JSON.stringify(next));
    return next;
  });
}

/** Higher than all that has acted, also where the lease itself was lost. */
function nextFencing(store: string, lease: Lease | undefined): number {
  const last = Math.max(lease?.fencing ?? 0, highestFencing(inStore.ledger(store)));
  // By the clock, so that a store that was restored or made anew does not come to its hosts with an old number.
  return Math.max(last + 1, Math.floor(Date.now() / 1000));
}

/** What the ledger has against what the lease has seen of it, and what to do, in words. `id`: of the store, as it is now. */
export const whyNotSeen = (store: string, lease: Lease | undefined, id: string | undefined): string | undefined =>
  // What was left on purpose has another id since: what was seen of it then says nothing.
  lease?.store === undefined || lease.store !== id
    ? undefined
    : whyNotWitnessed(store, id, { who: "the lease", ...lease.ledger });

/**
 * Says that the rollout is still at work. Nothing is written when it no longer holds the lease; `fencing`: the number it
 * was given, where somebody else may go on with the same rollout. Default: whatever it is.
 */
export function renew(store: string, rollout: string, fencing = Infinity): void {
  change(store, rollout, fencing, (lease) => heardOf(store, lease));
}

/** Gives the lease back. The fencing number stays, so that no later holder gets an old one. */
export function free(store: string, rollout: string, fencing = Infinity): void {
  change(store, rollout, fencing, (lease) => freed(store, lease));
}

const freed = (store: string, lease: Lease): Partial<Lease> => ({
  ...heardOf(store, lease),
  rollout: "",
  expires: new Date(0).toISOString(),
});

/** Gives the lease back because the rollout's last step was done. */
export function end(store: string, rollout: string, fencing = Infinity): void {
  change(store, rollout, fencing, (lease) => ({ ...freed(store, lease), ended: rollout }));
}

/** Gives the lease back where the rollout has ended before, and no other step of it is at work. */
export function freeIfEnded(store: string, rollout: string, fencing = Infinity): void {
  if (readLease(store)?.ended === rollout && ownersAtWork(store, rollout).length === 0) free(store, rollout, fencing);
}

/** Gives back what nobody is left to give back; returns that lease. Undefined: there is none, or somebody is left. */
export function freeAbandoned(store: string): Lease | undefined {
  const lease = readLease(store);
  if (!lease || holding(store, lease) !== "abandoned") return undefined;
  free(store, lease.rollout, lease.fencing);
  return lease;
}

/**
 * Waits until a rollout can be opened: steps that a dead engine has left at work end by themselves. `seconds`: how long they
 * are waited for. Errors: another rollout holds the lease.
 */
export async function wantFree(
  store: string,
  engine: Owner,
  tell: (line: string) => void,
  seconds = 30,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  let told = false;
  for (;;) {
    const lease = readLease(store);
    const isLeft = lease && holding(store, lease, engine) === "held" && isAlive(lease.engine) === false;
    if (!isLeft || Date.now() > end) {
      refuseIfHeld(store, lease, { rollout: "", engine, opens: true });
      return;
    }
    if (!told)
      tell(`${lease.step} of rollout ${lease.rollout} is at work still, though its engine is dead: waiting for it`);
    told = true;
    await pause(100);
  }
}

const shape: Shape = {
  fencing: "number",
  rollout: "string",
  release: "string",
  step: "string",
  owner: ownerShape,
  engine: ownerShape,
  opened: "string",
  since: "string",
  heartbeat: "string",
  expires: "string",
  ledger: { entry: "number", digest: "string" },
};

/** Undefined before the first rollout. Errors: it is damaged. */
export function readLease(store: string): Lease | undefined {
  const remedy = "Nothing was changed. When no rollout is at work, remove it: the next one writes it anew";
  return readJson(inStore.lease(store), shape, remedy) as Lease | undefined;
}

/** `asking`: the engine of who wants to know. What it has held itself, for an earlier rollout, is over. */
export function holding(store: string, lease: Lease | undefined, asking?: Owner): Holding {
  if (!lease || lease.rollout === "") return "free";
  const alive = isAlive(lease.owner);
  if (alive === undefined) return isSilent(lease) ? "abandoned" : "elsewhere";
  const atWork = [...(alive ? [lease.owner] : []), ...ownersAtWork(store, lease.rollout)];
  // Stopped and silent: should it wake up, its number stops it. One that only says nothing may be busy.
  if (atWork.length > 0) return isSilent(lease) && atWork.every(isStopped) ? "abandoned" : "held";
  const vouched = isAlive(lease.engine) === true && !(asking && isSame(lease.engine, asking));
  return vouched ? "held" : "abandoned";
}

function refuseIfHeld(
  store: string,
  lease: Lease | undefined,
  { rollout, engine, opens }: Pick<Claimant, "rollout" | "engine" | "opens">,
): void {
  const state = holding(store, lease, engine);
  if (!lease || (opens && (state === "free" || state === "abandoned"))) return;
  if (state === "held" || state === "elsewhere" || (state === "abandoned" && !isSilent(lease))) {
    throw new Refusal(
      `the environment is being changed: rollout ${lease.rollout} (${lease.release}) by ${nameOf(lease.owner)} holds its lease, ` +
        `at ${lease.step}, heard of at ${lease.heartbeat}. Wait for it to end, then try again. Is it dead? To see: switchback unlock`,
    );
  }
  if (lease.opened === "" || lease.opened === rollout) return;
  throw new Refusal(
    `rollout ${rollout} was overtaken: rollout ${lease.opened} was opened after it. Nothing was changed. What serves now: switchback status`,
  );
}

function change(store: string, rollout: string, fencing: number, changes: (lease: Lease) => Partial<Lease>): void {
  const path = inStore.lease(store);
  if (rollout === "" || !existsSync(path)) return;
  exclusively(`${path}.lock`, ({ write }) => {
    const lease = readLease(store);
    if (lease?.rollout !== rollout || lease.fencing > fencing) return;
    write(path, JSON.stringify({ ...lease, ...changes(lease) }));
  });
}

/** What was seen of the ledger stays what it is where the ledger contradicts it: that is all there is to tell it by. */
function heardOf(store: string, lease?: Lease): Pick<Lease, "heartbeat" | "expires" | "ledger"> {
  const now = Date.now();
  return {
    heartbeat: new Date(now).toISOString(),
    expires: new Date(now + leaseSilenceSeconds * 1000).toISOString(),
    ledger: lease && whyNotSeen(store, lease, lease.store) !== undefined ? lease.ledger : endOf(inStore.ledger(store)),
  };
}

/** Also what is to be heard of in an hour: a clock jumped, here or there. Should its holder live, its number stops it. */
function isSilent({ expires }: Lease): boolean {
  const left = Date.parse(expires) - Date.now();
  return !(left >= 0 && left <= 2 * leaseSilenceSeconds * 1000);
}
