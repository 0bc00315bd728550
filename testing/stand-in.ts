// Stands in the place of `runtime/load.ts` and `runtime/ledger.ts` in the processes of a test stack, see preload.mjs.
import type * as actions from "../actions/action.ts";
import type { Action, Context } from "../actions/action.ts";
import type * as ledger from "../runtime/ledger.ts";
import type { Happening } from "../runtime/ledger.ts";
import type * as load from "../runtime/load.ts";
import { canonical } from "../release/digest.ts";
import { type Moment, Script, scriptVariable, type Use } from "./script.ts";

const real = new URL(import.meta.url).searchParams.get("real") ?? "";
const loader = (await import(real)) as typeof load;
const book = (await import(real.replace(/load(\.[tj]s)$/, "ledger$1"))) as typeof ledger;
const { Refusal } = (await import(new URL("../actions/action.ts", real).href)) as typeof actions;
const script = new Script(process.env[scriptVariable] ?? "");

export const { nameOfAction } = loader;
export const { contradictionTo, endOf, highestFencing, readLedger, verify } = book;

/** What is to happen once this process has its step in the ledger. */
let atRecord = (): void => undefined;

/** Appends as the ledger does; what stands in it is recorded, whatever becomes of the process then. */
export function append(path: string, happening: Happening): void {
  book.append(path, happening);
  if (happening.kind === "step") atRecord();
}

/** The action of a name, which does what the script has for it. */
export async function loadAction(name: string): Promise<Action<unknown>> {
  const action = await loader.loadAction(name);
  return { ...action, run: (args, context) => use(name, action, args, context) };
}

/** What this process was started for: its first call. It is made again where a fault is transient. */
let first: string | undefined;

async function use(name: string, action: Action<unknown>, args: unknown, context: Context): Promise<unknown> {
  const call = canonical([name, args]);
  first ??= call;
  const { step, rollout } = context;
  const own = call === first;
  const note = (how: Use["how"]): void => {
    script.note({ step, action: name, rollout, own, how });
  };
  const rule = script.take(step, name, args, own);
  const deed = rule?.deed;
  if (deed && "answer" in deed) {
    note("answered");
    return deed.answer;
  }
  if (deed && "fail" in deed) {
    note("failed");
    throw new Refusal(deed.fail);
  }
  const reach = (moment: Moment): void => {
    if (deed && canonical(deed.when) === canonical(moment)) script.halt(rule.id, deed.disturb);
  };
  if (deed) {
    atRecord = () => {
      reach("recorded");
    };
  }
  reach("before");
  note("began");
  try {
    const result = await action.run(args, deed ? watched(context, reach) : context);
    note("ended");
    reach("after");
    return result;
  } catch (error) {
    note("threw");
    throw error;
  }
}

/** The context, counting what the action does with it. */
function watched(context: Context, reach: (moment: Moment) => void): Context {
  let count = 0;
  const next = (): void => {
    reach({ inside: ++count });
  };
  const before =
    <Given extends unknown[], Result>(act: (...given: Given) => Result) =>
    (...given: Given): Result => {
      next();
      return act(...given);
    };
  const after =
    <Given extends unknown[], Result>(act: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      const result = await act(...given);
      next();
      return result;
    };
  return {
    ...context,
    tell: before(context.tell),
    log: before(context.log),
    call: before(context.call),
    exec: after(context.exec),
    run: after(context.run),
  };
}
