import { defineAction, Refusal } from "../action.ts";
import type { Verdict } from "../check.ts";
import { decideAndRecord } from "./gate-record.ts";
import { askAgain, type Patience, patienceSchema, type Question, questionsSchema } from "./verdicts.ts";

/** A gate's yes, as later steps know it. */
export interface Passed {
  readonly decision: "go";
}

interface Args {
  readonly questions: Readonly<Record<string, Question>>;
  readonly patience: Patience;
}

/**
 * Lets the rollout pass, or fails with every reason in one table. What was not `pass`, or is too old, it asks again,
 * itself.
 */
export const gate = defineAction<Args, { VERDICTS: Readonly<Record<string, Verdict>> }, Passed>(import.meta.url, {
  args: (z) => z.strictObject({ questions: questionsSchema(z), patience: patienceSchema(z) }),
  tuning: ["patience"],
  // A check that it asks again may take as long.
  timeoutSeconds: 1800,
  run: async ({ questions, patience }, context) => {
    const judged = await askAgain(withFirst(questions, context.needs.VERDICTS), patience, context);
    const { decision, table } = decideAndRecord(context, judged);
    context.log(table);
    if (decision === "go") return { decision };
    const words = decision === "no" ? "is not let through" : "is not let through: it cannot be told whether it is well";
    throw new Refusal(
      `${context.release} ${words}\n${table}\nNothing was changed. Mend what blocks and run the same command again: the gate asks again.`,
    );
  },
});

const withFirst = (questions: Args["questions"], first: Readonly<Record<string, Verdict>>) =>
  Object.fromEntries(
    Object.entries(questions).map(([name, question]) => [
      name,
      first[name] ? { ...question, first: first[name] } : question,
    ]),
  );
