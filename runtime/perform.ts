import { resolve } from "node:path";
import { type Context, type Fencing, Refusal } from "../actions/action.ts";
import { Fenced } from "../actions/fence.ts";
import { writeAttempt } from "../actions/rollout/attempt.ts";
import { keepBeating } from "./heartbeat.ts";
import { append, endOf, type Happening } from "./ledger.ts";
import { type Claimant, end, free, freeIfEnded, hold, type Lease, renew, wantFree } from "./lease.ts";
import { carryOut, makeContext } from "./context.ts";
import { loadAction } from "./load.ts";
import { isAlive, nameOf, thisProcess } from "./owner.ts";
import { clip, clipLines, formatReceipt } from "./receipt.ts";
import { claim } from "./record.ts";
import { hiding } from "./redact.ts";
import { retrying } from "./retry.ts";
import { keyOf, type Spec, type Surroundings } from "./spec.ts";
import { openLog } from "./step-log.ts";
import { enterStore, leaveBehind, wantStore } from "./store.ts";
import { inStore } from "../release/store.ts";

/** Runs a step's action in this process and returns its receipt. Errors: the action's, after `onFailure` was carried out. */
export async function perform(given: Spec, surroundings: Surroundings, tell: (line: string) => void): Promise<unknown> {
  // Absolute: where the working folder is removed meanwhile, Node tries for ever to make one below it.
  const spec: Spec = { ...given, store: resolve(given.store) };
  const { rollout, secrets, timeoutSeconds, engine } = surroundings;
  // Before anything is written: where a mount is gone nothing is made in its place.
  const expected = expectedIn(spec, surroundings);
  const found = spec.opens ? enterStore(given.store, expected) : wantStore(given.store);
  const hidden = hiding(Object.values(secrets));
  const { redact } = hidden;
  const log = openLog(given.store, rollout, spec.step, redact);
  const say = (line: string): void => {
    log.line(line);
    tell(clip(redact(line)));
  };
  const { tuning } = await loadAction(spec.action);
  if (spec.opens) await wantFree(spec.store, engine, say);
  const id = spec.opens ? leaveBehind(given.store, found, expected) : found;
  const claimant: Claimant = { rollout, release: spec.release, step: spec.step, engine, opens: false, id };
  let lease = spec.opens ? undefined : hold(spec.store, claimant);
  const claimed = await claim(spec, keyOf(spec, surroundings, tuning), rollout, say);
  if ("receipt" in claimed) {
    log.line("already done in this rollout: its receipt is given again");
    if (spec.last) end(spec.store, rollout, lease?.fencing);
    return claimed.receipt;
  }
  if (claimed.tookOver && lease) lease = hold(spec.store, { ...claimant, anew: true });
  const fencing = fencingOf(spec.store, id, lease);
  const happened = beginHappening(spec, rollout, fencing);
  const silence = keepBeating(() => {
    renew(spec.store, rollout, fencing.number);
  });
  const contextFor = (seconds: number): Context =>
    makeContext(spec, surroundings, fencing, AbortSignal.timeout(Math.ceil(seconds * 1000)), {
      ...{ tell: say, log: log.line, ...hidden },
    });
  try {
    const receipt = redacted(await withinLimit(contextFor(timeoutSeconds), timeoutSeconds, spec), redact);
    formatReceipt(receipt, spec.step);
    const opened = spec.opens ? openedWith(spec.store, claimant, (receipt as { id: string }).id) : {};
    append(inStore.ledger(spec.store), { kind: "step", ...happened(), ...opened, receipt });
    claimed.end({ receipt });
    // Cut off by Ctrl-C, what goes on to its end by itself is the last of its rollout.
    if (spec.last) end(spec.store, rollout, fencing.number);
    else if (isAlive(engine) === false) free(spec.store, rollout, fencing.number);
    else freeIfEnded(spec.store, rollout, fencing.number);
    return receipt;
  } catch (error) {
    const message = clipLines(redact(explain(error)));
    log.line(error instanceof Error ? (error.stack ?? message) : message);
    // Who has lost its right leaves everything to who has it.
    if (!(error instanceof Fenced)) await tidy(spec, contextFor);
    try {
      claimed.end({ message });
      append(inStore.ledger(spec.store), { kind: "failure", ...happened(), message });
      free(spec.store, rollout, fencing.number);
    } catch (also) {
      say(`the failure could not be written down: ${explain(also)}`);
    }
    throw new Refusal(`${message}\n  log: ${log.path}`);
  } finally {
    silence();
  }
}

/** The store of the rollout before, as its receipt says, and the one that is left on purpose. */
function expectedIn({ args }: Spec, { previous }: Surroundings): { id: string | undefined; leaving: string } {
  const { store } = (previous ?? {}) as { store?: string };
  const { leaveStore = "none" } = args as { leaveStore?: string };
  return { id: store, leaving: leaveStore };
}

function fencingOf(store: string, id: string, lease: Lease | undefined): Fencing {
  return { number: lease?.fencing ?? 0, store: id, ledger: endOf(inStore.ledger(store)) };
}

/** The step that opens a rollout has neither id nor lease before it has answered: its entry carries the answer's. */
function openedWith(store: string, claimant: Claimant, id: string): { rollout: string; fencing: number } {
  const { fencing } = hold(store, { ...claimant, rollout: id, opens: true });
  // Of two that open at once the one that is refused was never an attempt.
  writeAttempt(store, { id, release: claimant.release });
  return { rollout: id, fencing };
}

/** What the ledger says of every step that has begun. */
function beginHappening(
  { release, step, action }: Spec,
  rollout: string,
  { number }: Fencing,
): () => Omit<Happening, "kind"> {
  const began = new Date();
  return () => ({
    ...{ rollout, release, step, action, fencing: number },
    began: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    by: nameOf(thisProcess()),
  });
}

async function withinLimit(context: Context, timeoutSeconds: number, spec: Spec): Promise<unknown> {
  const limit = new Refusal(`took longer than its limit of ${timeoutSeconds} s and was ended`);
  const overdue = new Promise<never>((_, reject) => {
    context.signal.addEventListener("abort", () => {
      // Programs of the action are ended by the same signal; this ends the waiting for an action that does not listen.
      setTimeout(() => {
        reject(limit);
      }, 3000).unref();
    });
  });
  try {
    return await Promise.race([retrying(() => carryOut(spec, context), context), overdue]);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    context.log(`after its limit: ${explain(error)}`);
    throw limit;
  }
}

/** Nothing that goes wrong while tidying up may hide why it had to be done. */
async function tidy(spec: Spec, contextFor: (seconds: number) => Context): Promise<void> {
  for (const call of spec.onFailure ?? []) {
    const context = contextFor(60);
    try {
      await carryOut(call, context);
    } catch (error) {
      context.tell(`${call.action} did not work either: ${explain(error)}`);
    }
  }
}

/** Text by text: a number that happens to hold the digits of a secret must stay one. */
function redacted(receipt: unknown, redact: (text: string) => string): unknown {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return redact(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), clean(inner)]));
  };
  return clean(JSON.parse(JSON.stringify(receipt ?? {})));
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));
