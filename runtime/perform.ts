import { resolve } from "node:path";
import { type Call, type Context, Refusal } from "../actions/action.ts";
import { append, type Happening } from "./ledger.ts";
import { checkFree, free, hold } from "./lease.ts";
import { loadAction } from "./load.ts";
import { nameOf, thisProcess } from "./owner.ts";
import { runProgram } from "./program.ts";
import { clip, clipLines, formatReceipt } from "./receipt.ts";
import { claim } from "./record.ts";
import { redactor } from "./redact.ts";
import { retrying } from "./retry.ts";
import { keyOf, type Spec, type Surroundings } from "./spec.ts";
import { openLog } from "./step-log.ts";
import { inStore } from "../release/store.ts";

/** Runs a step's action in this process and returns its receipt. Errors: the action's, after `onFailure` was carried out. */
export async function perform(given: Spec, surroundings: Surroundings, tell: (line: string) => void): Promise<unknown> {
  // Absolute: where the working folder is removed meanwhile, Node tries for ever to make one below it.
  const spec: Spec = { ...given, store: resolve(given.store) };
  const { rollout, secrets, timeoutSeconds } = surroundings;
  const redact = redactor(Object.values(secrets));
  const log = openLog(given.store, rollout, spec.step, redact);
  const say = (line: string): void => {
    log.line(line);
    tell(clip(redact(line)));
  };
  const { tuning } = await loadAction(spec.action);
  if (spec.opens) checkFree(spec.store);
  else hold(spec.store, rollout, spec.release, false);
  const claimed = await claim(spec, keyOf(spec, surroundings, tuning), rollout, say);
  if ("receipt" in claimed) {
    log.line("already done in this rollout: its receipt is given again");
    return claimed.receipt;
  }
  const happened = beginHappening(spec, rollout);
  const contextFor = (seconds: number): Context =>
    makeContext(spec, surroundings, AbortSignal.timeout(seconds * 1000), { tell: say, log: log.line, redact });
  try {
    const receipt = redacted(await withinLimit(contextFor(timeoutSeconds), timeoutSeconds, spec), redact);
    formatReceipt(receipt, spec.step);
    if (spec.opens) hold(spec.store, (receipt as { id: string }).id, spec.release, true);
    append(inStore.ledger(spec.store), { kind: "step", ...happened(), ...opened(rollout, receipt), receipt });
    claimed.end({ receipt });
    if (spec.last) free(spec.store, rollout);
    return receipt;
  } catch (error) {
    const message = clipLines(redact(explain(error)));
    log.line(error instanceof Error ? (error.stack ?? message) : message);
    await tidy(spec, contextFor);
    try {
      claimed.end({ message });
      append(inStore.ledger(spec.store), { kind: "failure", ...happened(), message });
      free(spec.store, rollout);
    } catch (also) {
      say(`the failure could not be written down: ${explain(also)}`);
    }
    throw new Refusal(`${message}\n  log: ${log.path}`);
  }
}

/** What the ledger says of every step that has begun. */
function beginHappening({ release, step }: Spec, rollout: string): () => Omit<Happening, "kind"> {
  const began = new Date();
  return () => ({
    ...{ rollout, release, step },
    began: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    by: nameOf(thisProcess()),
  });
}

/** The step that opens a rollout has no id before it has answered: its entry carries the answer's. */
function opened(rollout: string, receipt: unknown): { rollout: string } | object {
  return rollout === "" && typeof receipt === "object" && receipt !== null && "id" in receipt
    ? { rollout: receipt.id }
    : {};
}

function makeContext(
  spec: Spec,
  { rollout, needs, secrets, previous }: Surroundings,
  signal: AbortSignal,
  say: Pick<Context, "tell" | "log"> & { readonly redact: (text: string) => string },
): Context {
  const { step, release, store } = spec;
  const context: Context = {
    ...{ step, release, rollout, needs, previous, store, signal, tell: say.tell, log: say.log },
    secret: (name) => secrets[name] ?? refuse(`${step}: was not given the secret ${name}`),
    exec: (argv, options) => runProgram(argv, options, { signal, ...say }),
    call: (call, given) => carryOut(call, given === undefined ? context : { ...context, needs: given }),
  };
  return context;
}

async function carryOut(call: Call, context: Context): Promise<unknown> {
  const action = await loadAction(call.action);
  return action.run(call.args, context);
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

function refuse(message: string): never {
  throw new Refusal(message);
}
