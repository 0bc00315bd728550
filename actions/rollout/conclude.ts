import { decideGate } from "../../release/gate.ts";
import { type Call, defineAction, Refusal } from "../action.ts";
import type { Passed } from "./gate.ts";
import type { Decision } from "./decide.ts";
import { askAgain, type Question, questionsSchema } from "./verdicts.ts";

interface Args {
  readonly questions: Readonly<Record<string, Question>>;
  /** The release that served before, `none` for none. */
  readonly from: string;
  /** What to carry out before it ends well: taking down a maintenance page that a stopped revert has left. */
  readonly atGo: readonly Call[];
}

/** Ends a rollout: fails unless the release serves and is well, with what happened and what to do next. */
export const conclude = defineAction<Args, { DECISION: Decision }, Passed>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      questions: questionsSchema(z),
      from: z.string().min(1),
      atGo: z.array(z.strictObject({ action: z.string(), args: z.unknown() })),
    }),
  run: async ({ questions, from, atGo }, context) => {
    const { DECISION: decided } = context.needs;
    if (decided.decision === "go") return { decision: "go" };
    if (decided.decision === "reverted") throw new Refusal(reverted(context.release, decided));
    const stuck = whatNoCheckMends(context.release, decided);
    if (stuck !== undefined) {
      throw new Refusal(
        `${stuck}: ${decided.why}\n${decided.table}\nMend it and begin once more: switchback up --release ${context.release} --again` +
          (from === "none" ? "" : `; or go back: switchback rollback ${from}`),
      );
    }
    // It stays, and a person may have mended it meanwhile: the checks have the last word.
    const { decision, table } = decideGate(await askAgain(questions, context));
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

/** What stays as it is however well the release answers: another rollout is needed, not another look. */
function whatNoCheckMends(release: string, { serving, schema }: Decision): string | undefined {
  if (serving !== release) return `${release} is half taken back, ${serving === "none" ? "nothing" : serving} serves`;
  return schema === undefined ? undefined : `${release} serves without the schema it needs (${schema})`;
}

const reverted = (release: string, { serving, why, table }: Decision): string =>
  [
    `${release} was taken back: ${serving === "none" ? "nothing serves" : `${serving} serves`}.`,
    `Why: ${why}`,
    ...(table === "" ? [] : [table]),
    `Next: mend ${release} and release what you made of it, or try the same again with: switchback up`,
  ].join("\n");
