import { type Before, type Count, type Standard, usualErrors } from "../../release/error-rate.ts";
import type { Call, Zod } from "../action.ts";
import type * as zod from "zod";

/** What is watched, how long, and what counts as worse. */
export interface Terms {
  readonly source: Call;
  readonly minutes: number;
  readonly everySeconds: number;
  readonly worseBy: number;
  readonly acceptablePercent: number;
  readonly beforePercent?: number | undefined;
}

export const termsSchema = (z: Zod) =>
  z.strictObject({
    source: z
      .object({ action: z.string().min(1), args: z.unknown() })
      .describe("what counts: call(loggedRequests, …), call(countedRequests, …) or call(sampledRequests, …)"),
    minutes: z.number().positive().max(110).default(30).describe("how long"),
    everySeconds: z.number().positive().max(300).default(10).describe("between two readings"),
    worseBy: z.number().min(1.5).max(1000).default(3).describe("so many times the rate before is worse"),
    acceptablePercent: z
      .number()
      .min(0.001)
      .max(50)
      .default(0.1)
      .describe("of requests that may fail whatever the rate before was"),
    beforePercent: z
      .number()
      .min(0)
      .max(50)
      .optional()
      .describe("of requests that failed before the release, where you know it; default: what was counted"),
  });

export type TermsInput = zod.input<ReturnType<typeof termsSchema>>;

export const standardOf = ({ worseBy, acceptablePercent }: Terms): Standard => ({
  ...{ worseBy, acceptable: acceptablePercent / 100 },
  ...usualErrors,
});

/** What is known when a watch begins. */
export interface Start {
  /** The rate before; absent when nobody knows it. */
  readonly before?: Exclude<Before, undefined>;
  /** In words: who says so. */
  readonly beforeFrom: string;
}

/** The rate before a release: what somebody gives, what the source has counted, what was seen when it was watched last. */
export function startWith(
  { beforePercent }: Terms,
  counted: Count | undefined,
  kept: (Count & { readonly rollout: string }) | undefined,
): Start {
  if (beforePercent !== undefined) return { before: { rate: beforePercent / 100 }, beforeFrom: "as given" };
  if (counted !== undefined && counted.requests > 0)
    return { before: counted, beforeFrom: "counted before the switch" };
  if (kept === undefined) return { beforeFrom: "nobody knows" };
  const { requests, errors, rollout } = kept;
  return { before: { requests, errors }, beforeFrom: `seen when rollout ${rollout} was watched` };
}
