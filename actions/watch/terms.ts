import { type Before, type Count, type Standard, usualErrors } from "../../release/error-rate.ts";
import type { Call, Zod } from "../action.ts";
import type { FirstReading } from "./watched.ts";
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
  /** Where the source was just before the switch; absent where it could not be read then. */
  readonly cursor?: unknown;
}

/** The rate before a release: what somebody gives, what the source has counted, what was seen when it was watched last. */
export function startWith(
  { beforePercent }: Terms,
  reading: FirstReading,
  kept: (Count & { readonly rollout: string }) | undefined,
): Start {
  const where = "cursor" in reading ? { cursor: reading.cursor } : {};
  if (beforePercent !== undefined) return { before: { rate: beforePercent / 100 }, beforeFrom: "as given", ...where };
  const { before } = reading;
  if (before !== undefined && before.requests > 0) return { before, beforeFrom: "counted before the switch", ...where };
  if (kept === undefined) return { beforeFrom: "nobody knows", ...where };
  const { requests, errors, rollout } = kept;
  return { before: { requests, errors }, beforeFrom: `seen when rollout ${rollout} was watched`, ...where };
}
