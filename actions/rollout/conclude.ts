import { type Judged, judge } from "../../release/gate.ts";
import { type Call, type Context, defineAction, Refusal } from "../action.ts";
import type { Verdict } from "../check.ts";
import type { Passed } from "./gate.ts";
import type { Decision } from "./decide.ts";
import { decideAndRecord, readGate, recordGate } from "./gate-record.ts";
import { askAgain, type Patience, patienceSchema, type Question, questionsSchema } from "./verdicts.ts";

interface Args {
  readonly questions: Readonly<Record<string, Question>>;
  readonly patience: Patience;
  /** The step that has decided. */
  readonly decidedBy: string;
  /** The release that served before, `none` for none. */
  readonly from: string;
  /** What to carry out before it ends well: taking down a maintenance page that a stopped revert has left. */
  readonly atGo: readonly Call[];
}

interface Needs {
  readonly DECISION: Decision;
  /** What the checks answered first. */
  readonly VERDICTS: Readonly<Record<string, Verdict>>;
}

/** Ends a rollout: fails unless the release serves and is well, with what happened and what to do next. */
export const conclude = defineAction<Args, Needs, Passed>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      questions: questionsSchema(z),
      patience: patienceSchema(z),
      decidedBy: z.string().min(1),
      from: z.string().min(1),
      atGo: z.array(z.strictObject({ action: z.string(), args: z.unknown() })),
    }),
  tuning: ["patience"],
  // A check that it asks again may take as long.
  timeoutSeconds: 1800,
  run: async ({ questions, patience, decidedBy, from, atGo }, context) => {
    const { DECISION: decided } = context.needs;
    const known = lastKnown(questions, decidedBy, context);
    recordGate(context, decided.decision === "go" ? "go" : "no", known);
    if (decided.decision === "go") return { decision: "go" };
    if (decided.decision === "reverted") throw new Refusal(reverted(context.release, decided));
    const stuck = whatNoCheckMends(context.release, decided);
    if (stuck !== undefined) {
      throw new Refusal(
        `${stuck}: ${decided.why}\n${decided.table}${decided.table === "" ? "" : "\n"}Mend it and begin once more: switchback up --release ${context.release} --again` +
          (from === "none" ? "" : `; or go back: switchback rollback ${from}`),
      );
    }
    // It stays, and a person may have mended it meanwhile: the checks have the last word.
    const { decision, table } = decideAndRecord(context, await askAgain(questions, patience, context));
    if (decision === "go") {
      for (const call of atGo) await context.call(call);
      return { decision };
    }
    throw new Refusal(
      `${context.release} serves and is not well: ${decided.why}\n${table}\n` +
        (from === "none"
          ? "Mend it and run the same command again."
          : `Mend it and run the same command again, or go back: switchback rollback ${from}`),
    );
  },
});

/** Every check with what it answered last: to whoever decided, or else first. */
function lastKnown(
  questions: Args["questions"],
  decidedBy: string,
  { store, rollout, needs }: Context<Needs>,
): Judged[] {
  const decided = readGate(store, rollout, decidedBy)?.checks ?? [];
  const others = Object.entries(questions).flatMap(([name, question]) => {
    const first = needs.VERDICTS[name];
    return first && !decided.some((one) => one.name === name) ? [judge(name, first, question)] : [];
  });
  return [...decided, ...others];
}

/** What stays as it is however well the release answers: another rollout is needed, not another look. */
function whatNoCheckMends(release: string, { serving, schema, halfway }: Decision): string | undefined {
  if (serving !== release) return `${release} is half taken back, ${serving === "none" ? "nothing" : serving} serves`;
  if (halfway) return `${release} is half taken back, or not at all`;
  return schema === undefined ? undefined : `${release} serves without the schema it needs (${schema})`;
}

const reverted = (release: string, { serving, why, table }: Decision): string =>
  [
    `${release} was taken back: ${serving === "none" ? "nothing serves" : `${serving} serves`}.`,
    `Why: ${why}`,
    ...(table === "" ? [] : [table]),
    `Next: mend ${release} and release what you made of it, or try the same again with: switchback up`,
  ].join("\n");
