import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "../actions/action.ts";
import { exclusively } from "./exclusive.ts";
import { readIfThere, writeAtomic } from "../actions/files.ts";
import { isAlive, nameOf, type Owner, thisProcess } from "./owner.ts";
import { readRecord } from "./record.ts";
import { inStore } from "../release/store.ts";

/** The right to change an environment, held by one rollout at a time. */
export interface Lease {
  /** Grows with every new holder: whoever comes with a smaller one has lost the right. */
  readonly fencing: number;
  readonly rollout: string;
  readonly release: string;
  readonly owner: Owner;
  readonly expires: string;
}

/** Every step asks for it again when it begins: longer than any step may run. */
const seconds = 2100;
const renewedWithinSeconds = 60;

/**
 * Takes the lease for a rollout, or keeps it. A rollout that opens may take over what a dead one left behind; one that
 * goes on may not. Errors: another rollout holds it.
 */
export function hold(store: string, rollout: string, release: string, opens: boolean): void {
  const path = inStore.lease(store);
  mkdirSync(dirname(path), { recursive: true });
  exclusively(`${path}.lock`, () => {
    const lease = readLease(store);
    if (lease?.rollout === rollout && secondsLeft(lease) > seconds - renewedWithinSeconds) return;
    if (lease?.rollout !== rollout) refuseIfHeld(store, lease, opens);
    const fencing = (lease?.fencing ?? 0) + (lease?.rollout === rollout ? 0 : 1);
    const expires = new Date(Date.now() + seconds * 1000).toISOString();
    writeAtomic(path, JSON.stringify({ fencing, rollout, release, owner: thisProcess(), expires } satisfies Lease));
  });
}

/** Errors: a rollout could not be opened now, because another one holds the lease. */
export function checkFree(store: string): void {
  refuseIfHeld(store, readLease(store), true);
}

function refuseIfHeld(store: string, lease: Lease | undefined, opens: boolean): void {
  if (!lease || !isHeld(lease) || (opens && isAbandoned(store, lease))) return;
  throw new Refusal(
    `the environment is being changed: rollout ${lease.rollout} (${lease.release}) by ${nameOf(lease.owner)} holds its lease until ${lease.expires}. ` +
      "Wait for it to end, then try again.",
  );
}

/** Gives the lease back. The fencing number stays, so that no later holder gets an old one. */
export function free(store: string, rollout: string): void {
  const path = inStore.lease(store);
  exclusively(`${path}.lock`, () => {
    const lease = readLease(store);
    if (lease?.rollout !== rollout) return;
    writeAtomic(path, JSON.stringify({ ...lease, rollout: "", expires: new Date(0).toISOString() } satisfies Lease));
  });
}

export function readLease(store: string): Lease | undefined {
  const text = readIfThere(inStore.lease(store));
  return text === undefined ? undefined : (JSON.parse(text) as Lease);
}

const secondsLeft = (lease: Lease): number => (Date.parse(lease.expires) - Date.now()) / 1000;

const isHeld = (lease: Lease): boolean => lease.rollout !== "" && secondsLeft(lease) > 0;

/** Left by a holder on this machine of which no step runs any more. */
function isAbandoned(store: string, lease: Lease): boolean {
  return isAlive(lease.owner) === false && !stepsAtWork(store, lease.rollout);
}

function stepsAtWork(store: string, rollout: string): boolean {
  const folder = join(store, "steps");
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith(".json"))
    .map((file) => readRecord(join(folder, file.name)))
    .some((record) => record?.state === "running" && record.rollout === rollout && isAlive(record.owner) !== false);
}
