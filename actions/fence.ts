import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Context, type Fencing, Refusal } from "./action.ts";
import { reason } from "./check.ts";
import { writeAtomic } from "./files.ts";
import { readJson, type Shape } from "./json-file.ts";

/** What a place remembers of the rollout that has acted there last. */
export interface Stamp extends Fencing {
  readonly rollout: string;
  readonly release: string;
  readonly at: string;
}

/**
 * Somebody with a higher fencing number has acted, or a place has seen more than the store knows: this rollout has no right
 * to act, and must not tidy up either.
 */
export class Fenced extends Refusal {}

/**
 * Lets a rollout act at a place, unless one with a higher number has acted there. A fence is a folder with one file for a
 * number: numbers are only ever added, so nobody can write a lower one over a higher, however long it slept in between.
 * Errors: `Fenced`, also where the store's ledger is not the one that this place has seen.
 */
export function passFence(fence: string, where: string, context: Context): void {
  const { fencing, rollout, release } = context;
  refuseUnlessWitnessed(refuseIfPassed(fence, where, fencing.number), where, context);
  const stamp: Stamp = { ...fencing, rollout, release, at: new Date().toISOString() };
  writeAtomic(join(fence, String(fencing.number)), `${JSON.stringify(stamp)}\n`);
  // Of two that write at the same time each sees the other, and the lower one gives way.
  refuseIfPassed(fence, where, fencing.number);
  for (const lower of numbersIn(fence).filter((number) => number < fencing.number))
    rmSync(join(fence, String(lower)), { force: true });
}

const shape: Shape = {
  number: "number",
  store: "string",
  ledger: { entry: "number", digest: "string" },
  rollout: "string",
  release: "string",
};

/** The stamp with the highest number; undefined where nobody has acted yet. Errors: it is damaged. */
export function readStamp(fence: string): Stamp | undefined {
  for (;;) {
    const highest = Math.max(0, ...numbersIn(fence));
    if (highest === 0) return undefined;
    const remedy = "When no rollout is at work, remove it: switchback unlock shows whether one is";
    const stamp = readJson(join(fence, String(highest)), shape, remedy) as Stamp | undefined;
    // Gone meanwhile: somebody with a higher number came.
    if (stamp) return stamp;
  }
}

/** What failed of things done side by side, in words. Errors: one of them was fenced, which counts more than the rest. */
export function failuresOf(
  results: readonly PromiseSettledResult<unknown>[],
  where: (index: number) => string = () => "",
): string[] {
  const fenced = results.find((result) => result.status === "rejected" && result.reason instanceof Fenced);
  if (fenced?.status === "rejected") throw fenced.reason;
  return results.flatMap((result, index) =>
    result.status === "rejected" ? [where(index) + reason(result.reason)] : [],
  );
}

/** Returns the stamp of who has acted there last. */
function refuseIfPassed(fence: string, where: string, number: number): Stamp | undefined {
  const stamp = readStamp(fence);
  if (stamp) refuseLower(where, stamp, number);
  return stamp;
}

/** Refuses who comes with a lower number than somebody who has acted at a place. Errors: `Fenced`. */
export function refuseLower(
  where: string,
  former: Pick<Stamp, "rollout" | "release" | "number">,
  number: number,
): void {
  if (former.number <= number) return;
  throw new Fenced(
    `${where}: rollout ${former.rollout} (${former.release}) has acted here since, with fencing number ${former.number} over ${number}. ` +
      "This one has lost its right and changes nothing more. What serves now: switchback status",
  );
}

/** What was seen of another store says nothing about this one. What a step itself has left here was looked at before. */
function refuseUnlessWitnessed(stamp: Stamp | undefined, where: string, { fencing, whyNotWitnessed }: Context): void {
  if (stamp?.store !== fencing.store || stamp.ledger.digest === fencing.ledger.digest) return;
  const why = whyNotWitnessed({ who: where, ...stamp.ledger });
  // What an earlier copy of the store takes for what served before is nothing to go back to.
  if (why !== undefined) throw new Fenced(why);
}

function numbersIn(fence: string): number[] {
  if (!existsSync(fence)) return [];
  return readdirSync(fence)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
