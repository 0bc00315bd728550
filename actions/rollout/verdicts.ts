import { setTimeout as pause } from "node:timers/promises";
import type { Judged } from "../../release/gate.ts";
import type { Call, Context, Zod } from "../action.ts";
import type { Verdict } from "../check.ts";

/** A check that a gate can ask again, itself. */
export interface Question {
  readonly check: Call;
  /** Names of its verdicts that block. */
  readonly blocks: readonly Verdict["verdict"][];
}

export const questionsSchema = (z: Zod) =>
  z
    .record(
      z.string(),
      z.strictObject({
        check: z.strictObject({ action: z.string(), args: z.unknown() }),
        blocks: z.array(z.enum(["warn", "fail", "unknown"])),
      }),
    )
    .refine(
      (questions) => Object.keys(questions).length > 0,
      "a gate without a check lets everything through: give it one",
    );

const tries = 3;
const pauseSeconds = 1;

/** Asks every check that is not `pass` (again), some times, and returns the last verdicts of all. */
export async function askAgain(
  questions: Readonly<Record<string, Question & { readonly first?: Verdict }>>,
  context: Context,
): Promise<Judged[]> {
  return Promise.all(
    Object.entries(questions).map(async ([name, { check, blocks, first }]) => {
      let verdict = first;
      for (let attempt = 1; attempt <= tries && verdict?.verdict !== "pass"; attempt++) {
        if (attempt > 1) await pause(pauseSeconds * 1000, undefined, { signal: context.signal });
        verdict = (await context.call(check)) as Verdict;
        context.log(`${name}: asked again: ${verdict.verdict}: ${verdict.seen}`);
      }
      const last = verdict ?? { verdict: "unknown" as const, seen: "was never asked" };
      return { name, verdict: last.verdict, seen: last.seen, blocks: blocks.includes(last.verdict) };
    }),
  );
}
