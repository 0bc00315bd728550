import { type Call, type Context, Refusal } from "../actions/action.ts";
import { append } from "./ledger.ts";
import { free, hold } from "./lease.ts";
import { loadAction } from "./load.ts";
import { nameOf, thisProcess } from "./owner.ts";
import { runProgram } from "./program.ts";
import { clip } from "./receipt.ts";
import { claim } from "./record.ts";
import { redactor } from "./redact.ts";
import { keyOf, type Spec, type Surroundings } from "./spec.ts";
import { openLog } from "./step-log.ts";
import { inStore } from "../release/store.ts";

/** Runs a step's action in this process and returns its receipt. Errors: the action's, after `onFailure` was carried out. */
export async function perform(spec: Spec, surroundings: Surroundings, tell: (line: string) => void): Promise<unknown> {
  const { rollout, secrets, timeoutSeconds } = surroundings;
  const redact = redactor(Object.values(secrets));
  const log = openLog(spec.store, rollout, spec.step, redact);
  const say = (line: string): void => {
    log.line(line);
    tell(clip(redact(line)));
  };
  if (!spec.opens) hold(spec.store, rollout, spec.release, false);
  const claimed = await claim(spec, keyOf(spec, surroundings), rollout, say);
  if ("receipt" in claimed) {
    log.line("already done in this rollout: its receipt is given again");
    return claimed.receipt;
  }
  const began = new Date();
  const context = makeContext(spec, surroundings, AbortSignal.timeout(timeoutSeconds * 1000), say, log.line);
  const happened = (): Pick<
    Parameters<typeof append>[1],
    "rollout" | "release" | "step" | "began" | "seconds" | "by"
  > => ({
    rollout,
    release: spec.release,
    step: spec.step,
    began: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    by: nameOf(thisProcess()),
  });
  try {
    const receipt = redacted(await withinLimit(context, timeoutSeconds, spec), redact);
    if (spec.opens) hold(spec.store, (receipt as { id: string }).id, spec.release, true);
    append(inStore.ledger(spec.store), { kind: "step", ...happened(), ...opened(rollout, receipt), receipt });
    claimed.end({ receipt });
    if (spec.last) free(spec.store, rollout);
    return receipt;
  } catch (error) {
    const message = redact(error instanceof Refusal ? error.message : explain(error));
    log.line(error instanceof Error ? (error.stack ?? message) : message);
    await tidy(spec, context);
    append(inStore.ledger(spec.store), { kind: "failure", ...happened(), message });
    claimed.end({ message });
    free(spec.store, rollout);
    throw new Refusal(`${message}\n  log: ${log.path}`);
  }
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
  tell: (line: string) => void,
  log: (line: string) => void,
): Context {
  const { step, release, store } = spec;
  const context: Context = {
    ...{ step, release, rollout, needs, previous, store, signal, tell, log },
    secret: (name) => secrets[name] ?? refuse(`${step}: was not given the secret ${name}`),
    exec: (argv, options) => runProgram(argv, options, { signal, log }),
    call: (call, given) => carryOut(call, given === undefined ? context : { ...context, needs: given }),
  };
  return context;
}

async function carryOut(call: Call, context: Context): Promise<unknown> {
  const action = await loadAction(call.action);
  return action.run(call.args, context);
}

async function withinLimit(context: Context, timeoutSeconds: number, spec: Spec): Promise<unknown> {
  const overdue = new Promise<never>((_, reject) => {
    context.signal.addEventListener("abort", () => {
      // Programs of the action are ended by the same signal; this ends the waiting for an action that does not listen.
      setTimeout(() => {
        reject(new Refusal(`took longer than its limit of ${timeoutSeconds} s and was ended`));
      }, 3000).unref();
    });
  });
  return Promise.race([carryOut(spec, context), overdue]);
}

/** Nothing that goes wrong while tidying up may hide why it had to be done. */
async function tidy(spec: Spec, context: Context): Promise<void> {
  for (const call of spec.onFailure ?? []) {
    try {
      await carryOut(call, { ...context, signal: AbortSignal.timeout(60_000) });
    } catch (error) {
      context.tell(`${call.action} did not work either: ${explain(error)}`);
    }
  }
}

function redacted(receipt: unknown, redact: (text: string) => string): unknown {
  return JSON.parse(redact(JSON.stringify(receipt ?? {}))) as unknown;
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function refuse(message: string): never {
  throw new Refusal(message);
}
