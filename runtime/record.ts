import { existsSync, mkdirSync, readdirSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { exclusively, type Held } from "../actions/exclusive.ts";
import { readIfThere } from "../actions/files.ts";
import { misfit, parseJson } from "../actions/json-file.ts";
import { keepBeating, stepSilenceSeconds } from "./heartbeat.ts";
import { type Entry, readLedger } from "./ledger.ts";
import { isAlive, isSame, isStopped, nameOf, type Owner, ownerShape, thisProcess } from "./owner.ts";
import { inStore } from "../release/store.ts";
import type { Spec } from "./spec.ts";

/** A step's newest run, kept in the environment's store, so that the next one knows what this one was doing. */
export type StepRecord = {
  readonly key: string;
  readonly rollout: string;
  readonly owner: Owner;
  readonly began: string;
} & (
  | { readonly state: "running" }
  | { readonly state: "done"; readonly receipt: unknown }
  | { readonly state: "failed"; readonly message: string }
);

/** A step that is ours to do. */
export interface Claimed {
  /** Whether somebody on another machine was at it, and was not heard of for too long. */
  readonly tookOver: boolean;
  readonly end: (result: { receipt: unknown } | { message: string }) => void;
}

/**
 * Takes a step for this process, waiting for a former owner that is still at work. Returns the receipt instead when the
 * very same step has been done already.
 */
export async function claim(
  spec: Spec,
  key: string,
  rollout: string,
  tell: (line: string) => void,
): Promise<{ receipt: unknown } | Claimed> {
  const path = inStore.step(spec.store, spec.step);
  const mine = { key, rollout, owner: thisProcess(), began: new Date().toISOString() };
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  let tookOver = false;
  for (;;) {
    const last = exclusively(`${path}.lock`, ({ write }) => {
      const former = readRecord(path);
      const inTheWay = takeOver(spec, former, mine, write);
      tookOver = inTheWay === undefined && former?.state === "running" && isAlive(former.owner) === undefined;
      return inTheWay;
    });
    if (last?.state === "done") return { receipt: last.receipt };
    if (last === undefined) break;
    if (!told) tell(`waiting for an earlier run of this step by ${nameOf(last.owner)}`);
    told = true;
    await wait(100);
  }
  const stop = keepBeating(() => {
    touch(spec.store, spec.step, rollout);
  });
  return {
    tookOver,
    end: (result) => {
      stop();
      const state = "receipt" in result ? ("done" as const) : ("failed" as const);
      exclusively(`${path}.lock`, ({ write }) => {
        const now = readRecord(path);
        // Who slept too long finds another run's record here, which is none of its business.
        if (now === undefined || isSame(now.owner, mine.owner))
          write(path, JSON.stringify({ ...mine, state, ...result }));
      });
    },
  };
}

/** Says that a rollout is still at a step. */
export function touch(store: string, step: string, rollout: string): void {
  const path = inStore.step(store, step);
  const record = existsSync(path) ? readRecord(path) : undefined;
  if (record?.state === "running" && record.rollout === rollout) utimesSync(path, new Date(), new Date());
}

/** Writes down that the step is ours, or returns the record that is in the way: of a run at work, or of the same done. */
function takeOver(
  { store, step }: Spec,
  last: StepRecord | undefined,
  mine: Omit<StepRecord, "state">,
  write: Held["write"],
): StepRecord | undefined {
  const path = inStore.step(store, step);
  if (last?.state === "running" && atWork(path, last, mine.rollout)) return last;
  // The step that opens a rollout is asked again only for a new one: its receipts are never handed out twice.
  const same = last?.key === mine.key && mine.rollout !== "" ? last : undefined;
  if (same?.state === "done") return same;
  const receipt = same?.state === "running" ? receiptIn(inStore.ledger(store), same, step) : undefined;
  if (same !== undefined && receipt !== undefined) {
    const done: StepRecord = { ...same, state: "done", receipt };
    write(path, JSON.stringify(done));
    return done;
  }
  write(path, JSON.stringify({ ...mine, state: "running" } satisfies StepRecord));
  return undefined;
}

/** A run that was killed between its entry in the ledger and the end of its record has been done, with this receipt. */
function receiptIn(ledger: string, { rollout, owner, began }: StepRecord, step: string): unknown {
  const isThis = (entry: Entry): boolean =>
    entry.kind === "step" && entry.rollout === rollout && entry.step === step && entry.by === nameOf(owner);
  return readLedger(ledger).findLast((entry) => isThis(entry) && entry.began >= began)?.receipt;
}

const shape = { key: "string", rollout: "string", owner: ownerShape, began: "string", state: "string" } as const;

/** Undefined for none, and for one written by nobody we know: the step is asked to look for itself. */
export function readRecord(path: string): StepRecord | undefined {
  const text = readIfThere(path);
  const value = text === undefined ? undefined : parseJson(text);
  if (misfit(value, shape) !== undefined) return undefined;
  const { state, ...rest } = value as { state: string };
  // Without a receipt there is nothing to give again.
  const known = state === "running" || state === "failed" || (state === "done" && "receipt" in rest);
  return known ? (value as StepRecord) : undefined;
}

function atWork(path: string, { owner, rollout }: StepRecord, asking: string): boolean {
  // Of a rollout that has lost the lease one that was stopped is not waited for: it is refused should it wake up.
  const isLost = rollout !== asking && isStopped(owner) && !isHeardOf(path);
  return isAtWork(path, owner) && !isLost;
}

/** Of a process that cannot be seen from here it counts whether it was heard of lately. */
const isAtWork = (path: string, owner: Owner): boolean => isAlive(owner) ?? isHeardOf(path);

/** What was touched in the future was touched by a clock that has jumped: it says nothing. */
function isHeardOf(path: string): boolean {
  const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Math.abs(Date.now() - touched) < stepSilenceSeconds * 1000;
}

/** Who is at work on the steps of a rollout, or may be: on another machine, heard of lately. */
export function ownersAtWork(store: string, rollout: string): Owner[] {
  const folder = dirname(inStore.step(store, ""));
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith(".json"))
    .flatMap((file) => {
      const path = join(folder, file.name);
      const record = readRecord(path);
      const isOurs = record?.state === "running" && record.rollout === rollout;
      return isOurs && isAtWork(path, record.owner) ? [record.owner] : [];
    });
}
