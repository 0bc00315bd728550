import { hostname } from "node:os";
import { type Action, type Context, defineAction, type Zod } from "./action.ts";
import { shorten } from "./shorten.ts";
import type * as zod from "zod";

/** What a check answers. `unknown`: could not reach or judge; it blocks with its own words and never reverts a release. */
export interface Verdict {
  readonly verdict: "pass" | "warn" | "fail" | "unknown";
  /** What was seen, in one line. */
  readonly seen: string;
  /** From where it was seen. */
  readonly from: string;
  /** When it was seen, as an ISO time. */
  readonly at: string;
  /** What was kept of it (screenshots, reports): paths in the evidence of the rollout. */
  readonly files?: readonly string[];
}

/** What a check may be told: what serves, so that it does not judge another release than its own. */
export interface CheckNeeds {
  readonly SERVING?: { readonly release: string };
}

export type Check<Args = never, Input = Args> = Action<Args, CheckNeeds, Verdict, Input>;

/** In bytes. The verdicts of a dozen checks must fit into one receipt. */
const longestSeen = 400;

type Answer = Pick<Verdict, "verdict" | "seen" | "files">;

/**
 * Defines the one check of a file. What `look` throws is an `unknown` verdict: a check never fails a step. `timeoutSeconds`
 * is 60 unless given; `quick` is for what only reads, and within seconds.
 */
export function defineCheck<Args, Input = Args>(
  module: string,
  args: (z: Zod) => zod.ZodType<Args, Input>,
  look: (args: Args, context: Context<CheckNeeds>) => Promise<Answer>,
  options: Partial<Pick<Action, "quick" | "timeoutSeconds">> = {},
): Check<Args, Input> {
  return defineAction(module, {
    args,
    timeoutSeconds: 60,
    ...options,
    run: async (given, context) => {
      const { seen, ...rest } = await answer(() => about(context, () => look(given, context)));
      return { ...rest, seen: shorten(seen, longestSeen), from: hostname(), at: new Date().toISOString() };
    },
  });
}

/** A check of what was released tells nothing when another release serves. */
async function about(
  { needs: { SERVING: serving }, release }: Context<CheckNeeds>,
  look: () => Promise<Answer>,
): Promise<Answer> {
  return serving === undefined || serving.release === release
    ? look()
    : unknown(`${serving.release} serves, not ${release}`);
}

export const pass = (seen: string): Answer => ({ verdict: "pass", seen });
export const warn = (seen: string): Answer => ({ verdict: "warn", seen });
export const fail = (seen: string): Answer => ({ verdict: "fail", seen });
export const unknown = (seen: string): Answer => ({ verdict: "unknown", seen });

async function answer(look: () => Promise<Answer>): Promise<Answer> {
  try {
    return await look();
  } catch (error) {
    return unknown(reason(error));
  }
}

/** The innermost cause in words: `fetch failed` alone helps nobody. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reason(error.cause);
  const code = (error as NodeJS.ErrnoException).code;
  return error.message === "" && code !== undefined ? code : error.message;
}
