import type { Judged } from "../../release/gate.ts";
import { type Call, type Context, defineAction, Refusal } from "../action.ts";
import { reason, type Verdict } from "../check.ts";
import { Fenced } from "../fence.ts";
import { shorten } from "../shorten.ts";
import type { ProvenBackup } from "../databases/sqlite/prove.ts";
import type { Schema } from "../migrations/sql-files/schema.ts";
import type { Serving } from "../platforms/servers/activate.ts";
import { readSettled } from "../platforms/servers/settled.ts";
import { decideAndRecord } from "./gate-record.ts";
import { noteGoingBack, readGoingBack } from "./going-back.ts";
import { askAgain, type Patience, patienceSchema, type Question } from "./verdicts.ts";

/** What became of a release after it was switched to: true whatever was hoped for. */
export interface Decision {
  /** `stays`: it serves and is not well, and the policy or the way back leaves it to a person. */
  readonly decision: "go" | "reverted" | "stays";
  /** The release that serves now. */
  readonly serving: string;
  readonly table: string;
  /** Why, in words, with the last log lines where there are some; empty for `go`. */
  readonly why: string;
  /** What the schema lacks, where the release stays without it. */
  readonly schema?: string;
  /** True where it was being taken back, and how far is known to nobody: no check can tell. */
  readonly halfway?: true;
}

/** In bytes, of either text: both must fit into one receipt. */
const longest = 3500;

interface Args {
  /** Whether a release that fails is taken back without asking. */
  readonly revert: boolean;
  /** What takes it back, in order: code and schema together. Empty for a first release. */
  readonly back: readonly Call[];
  /** What is left to take back when the activation has already taken the code back. */
  readonly rest: readonly Call[];
  readonly patience: Patience;
}

interface Needs {
  readonly SERVING: Serving;
  readonly SCHEMA: Schema;
  readonly BACKUP: ProvenBackup;
  /** The checks that were not `pass`, with how to ask them again. */
  readonly DOUBTS: Readonly<Record<string, Question & { readonly first: Verdict }>>;
}

/**
 * Looks at the verdicts after the switch and takes the release back if it must. It never fails: it records what is true,
 * and the gate behind it fails. Killed: goes on to its end by itself. A whole machine that dies: what was decided stands,
 * and the next run goes on with it.
 */
export const decide = defineAction<Args, Needs, Decision>(import.meta.url, {
  args: (z) => {
    const call = z.strictObject({ action: z.string(), args: z.unknown() });
    const patience = patienceSchema(z);
    return z.strictObject({ revert: z.boolean(), back: z.array(call), rest: z.array(call), patience });
  },
  survives: true,
  tuning: ["patience"],
  timeoutSeconds: 1800,
  run: async (args, context) => {
    const { SERVING: serving, SCHEMA: schema, DOUBTS: doubts } = context.needs;
    if (serving.reverted) {
      const { wrong } = await takeBack(args.rest, context);
      const why = [...(serving.verified || serving.release === "none" ? [] : [bothFail]), serving.why, ...wrong];
      return { decision: "reverted", serving: serving.release, table: "", why: shorten(why.join("\n"), longest) };
    }
    const lacking = schema.wrong === undefined ? {} : { schema: schema.wrong };
    // Cut off while it went back, it goes on: checks that are asked now may well be answered by the release before.
    const begun = orWhyNot(() => readGoingBack(context));
    if (typeof begun === "string") {
      context.tell(begun);
      return { decision: "stays", serving: servesNow(context), table: "", why: begun, ...lacking, halfway: true };
    }
    const { decision, table: all } =
      begun ?? decideAndRecord(context, [...schemaDoubt(schema), ...(await askAgain(doubts, args.patience, context))]);
    context.log(all);
    const table = shorten(all, longest);
    if (decision === "go") return { decision, serving: serving.release, table, why: "" };
    const stays = { decision: "stays" as const, serving: serving.release, table, ...lacking };
    if (decision === "unclear")
      return { ...stays, why: "it cannot be told whether it is well, so nothing was taken back" };
    if (!args.revert) return { ...stays, why: "the policy leaves it to you (policies.revert is false)" };
    if (args.back.length === 0) return { ...stays, why: "there is no earlier release to go back to by itself" };
    context.tell(`${context.release} is not well, taking it back`);
    noteGoingBack(context, { decision, table: all });
    const { now, wrong } = await takeBack(args.back, context);
    if (wrong.length > 0) return { ...stays, serving: now ?? serving.release, why: shorten(wrong.join("\n"), longest) };
    return { decision: "reverted", serving: now ?? serving.release, table, why: "the checks after the switch failed" };
  },
});

/** A decision that cannot be read is none: nothing is taken back by it, and a person is asked. */
function orWhyNot<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** As whoever switched last has left word of it. */
function servesNow({ store, needs }: Context<Needs>): string {
  const settled = orWhyNot(() => readSettled(store));
  return typeof settled === "object" ? settled.release : needs.SERVING.release;
}

const bothFail = "what was gone back to is not well either: look at the infrastructure";

/** A schema step behind the switch does not fail: what went wrong in it is judged here, with everything else. */
const schemaDoubt = ({ wrong }: Schema): Judged[] =>
  wrong === undefined ? [] : [{ name: "schema", verdict: "fail", seen: wrong, blocks: true }];

/** Carries out what takes a release back, stopping at the first thing that does not work. Errors: `Fenced`. */
async function takeBack(calls: readonly Call[], context: Context<Needs>): Promise<{ now?: string; wrong: string[] }> {
  let now: string | undefined;
  for (const call of calls) {
    try {
      const done = (await context.call(call, {
        BEFORE: context.needs.SERVING.before,
        BACKUP: context.needs.BACKUP,
      })) as Partial<Serving>;
      if (done.release !== undefined) now = done.release;
      if (done.verified === false)
        return {
          now: done.release ?? "none",
          wrong: [bothFail],
        };
    } catch (error) {
      // What serves is decided by the rollout that came later.
      if (error instanceof Fenced) throw error;
      return { ...(now === undefined ? {} : { now }), wrong: [`going back stopped: ${reason(error)}`] };
    }
  }
  return { ...(now === undefined ? {} : { now }), wrong: [] };
}
