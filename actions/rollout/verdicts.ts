import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { type Judged, judge, type Rule } from "../../release/gate.ts";
import type { Call, Context, Zod } from "../action.ts";
import type { Verdict } from "../check.ts";

/** A check that a gate can ask again, itself. */
export interface Question extends Rule {
  readonly check: Call;
  /** How long the check may take, each time. Default: a minute. */
  readonly timeoutSeconds?: number;
}

/** How long a gate goes on asking. */
export interface Patience {
  /** What was seen to be wrong may have been a moment: it is asked so often in all. */
  readonly attempts: number;
  /** Between two questions. */
  readonly pauseSeconds: number;
  /** A check that cannot tell is asked again for so many seconds. */
  readonly unknownSeconds: number;
  /** A pass that is older, in seconds, is asked again. */
  readonly freshSeconds: number;
}

export const questionsSchema = (z: Zod) =>
  z
    .record(
      z.string(),
      z.strictObject({
        check: z.strictObject({ action: z.string(), args: z.unknown() }),
        timeoutSeconds: z.number().positive().exactOptional(),
        blocks: z.array(z.enum(["warn", "fail", "unknown"])),
        noGo: z.boolean().exactOptional(),
        waiver: z.strictObject({ reason: z.string(), by: z.string() }).exactOptional(),
      }),
    )
    .refine(
      (questions) => Object.keys(questions).length > 0,
      "a gate without a check lets everything through: give it one",
    );

export const patienceSchema = (z: Zod) =>
  z.strictObject({
    attempts: z.int().min(1),
    pauseSeconds: z.number().min(0),
    unknownSeconds: z.number().min(0),
    freshSeconds: z.number().positive(),
  });

const mostAtOnce = 8;

/** Asks every check that is not `pass`, or whose pass is too old, (again), some times. Returns the last verdicts of all. */
export async function askAgain(
  questions: Readonly<Record<string, Question & { readonly first?: Verdict }>>,
  patience: Patience,
  context: Context,
): Promise<Judged[]> {
  const { default: limited } = await import("p-limit");
  const bounded = limited(mostAtOnce);
  return Promise.all(
    Object.entries(questions).map(([name, question]) =>
      bounded(async () => judge(name, await lastVerdict(name, question, patience, context), question)),
    ),
  );
}

async function lastVerdict(
  name: string,
  { check, first, blocks, timeoutSeconds = 60 }: Question & { readonly first?: Verdict },
  { attempts, pauseSeconds, unknownSeconds, freshSeconds }: Patience,
  context: Context,
): Promise<Pick<Verdict, "verdict" | "seen">> {
  const began = Date.now();
  // Nobody waits for an answer that would change nothing.
  const mostSeconds = blocks.includes("unknown") ? unknownSeconds : 0;
  const isTooOld = first !== undefined && began - Date.parse(first.at) > freshSeconds * 1000;
  let verdict = isTooOld ? undefined : first;
  for (let attempt = 1; verdict?.verdict !== "pass"; attempt++) {
    const seconds = (Date.now() - began) / 1000;
    const isOver = verdict?.verdict === "unknown" ? seconds >= mostSeconds : attempt > attempts;
    if (verdict && attempt > 1 && isOver) break;
    if (attempt > 1) await pause(pauseSeconds * 1000, undefined, { signal: context.signal });
    verdict = await within(timeoutSeconds, context.call(check) as Promise<Verdict>);
    context.log(`${name}: asked again: ${verdict.verdict}: ${verdict.seen}`);
  }
  return verdict;
}

/** One check that hangs must not keep the others' answers from being judged. */
async function within(seconds: number, answer: Promise<Verdict>): Promise<Verdict> {
  const late = new AbortController();
  const overdue = pause(seconds * 1000, undefined, { signal: late.signal }).then((): Verdict => ({
    ...{ verdict: "unknown", seen: `took longer than its limit of ${seconds} s` },
    ...{ from: hostname(), at: new Date().toISOString() },
  }));
  try {
    return await Promise.race([answer, overdue]);
  } finally {
    late.abort();
    overdue.catch(() => undefined);
  }
}
