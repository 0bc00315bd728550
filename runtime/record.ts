import { mkdirSync, statSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { exclusively } from "./exclusive.ts";
import { readIfThere, writeAtomic } from "../actions/files.ts";
import { isAlive, nameOf, type Owner, thisProcess } from "./owner.ts";
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

const heartbeatSeconds = 5;
/** An owner on another machine that has not been heard of for this long is taken for dead. */
const silenceSeconds = 30;

/**
 * Takes a step for this process, waiting for a former owner that is still at work. Returns the receipt instead when the
 * very same step has been done already.
 */
export async function claim(
  spec: Spec,
  key: string,
  rollout: string,
  tell: (line: string) => void,
): Promise<{ receipt: unknown } | { end: (result: { receipt: unknown } | { message: string }) => void }> {
  const path = inStore.step(spec.store, spec.step);
  const mine = { key, rollout, owner: thisProcess(), began: new Date().toISOString() };
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  for (;;) {
    const last = exclusively(`${path}.lock`, () => takeOver(path, mine));
    if (last?.state === "done") return { receipt: last.receipt };
    if (last === undefined) break;
    if (!told) tell(`waiting for an earlier run of this step by ${nameOf(last.owner)}`);
    told = true;
    await wait(100);
  }
  // Also what keeps the process alive while an action waits for something that does not.
  const heartbeat = setInterval(() => {
    utimesSync(path, new Date(), new Date());
  }, heartbeatSeconds * 1000);
  return {
    end: (result) => {
      clearInterval(heartbeat);
      const state = "receipt" in result ? ("done" as const) : ("failed" as const);
      writeAtomic(path, JSON.stringify({ ...mine, state, ...result }));
    },
  };
}

/** Writes down that the step is ours, or returns the record that is in the way: of a run at work, or of the same done. */
function takeOver(path: string, mine: Omit<StepRecord, "state">): StepRecord | undefined {
  const last = readRecord(path);
  if (last?.state === "running" && atWork(path, last.owner)) return last;
  // The step that opens a rollout is asked again only for a new one: its receipts are never handed out twice.
  if (last?.state === "done" && last.key === mine.key && mine.rollout !== "") return last;
  writeAtomic(path, JSON.stringify({ ...mine, state: "running" } satisfies StepRecord));
  return undefined;
}

export function readRecord(path: string): StepRecord | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as StepRecord;
  } catch {
    // Written by nobody we know; the step is asked to look for itself.
    return undefined;
  }
}

function atWork(path: string, owner: Owner): boolean {
  return isAlive(owner) ?? Date.now() - statSync(path).mtimeMs < silenceSeconds * 1000;
}
