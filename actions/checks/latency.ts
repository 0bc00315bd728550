import { defineCheck, fail, pass, reason, unknown, warn } from "../check.ts";
import { timeoutSchema } from "./http-arguments.ts";
import { request } from "./request.ts";

/** What came of the requests that were made; fewer than asked for when the time was over. */
interface Measured {
  /** In milliseconds, ascending. */
  readonly times: readonly number[];
  /** What else came than a 2xx, in words. */
  readonly failed: readonly string[];
}

/**
 * Asks `url` many times, each time over a new connection. Passes when the percentile is within `targetMilliseconds`, warns
 * above, fails above `limitMilliseconds` and for every answer other than 2xx. Cannot tell when nobody answers.
 */
export const latency = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        url: z.url().describe("address to ask"),
        requests: z.int().min(1).max(500).default(20).describe("how many times it is asked"),
        parallel: z.int().min(1).max(10).default(1).describe("how many requests are under way at the same time"),
        percentile: z.number().positive().max(100).default(95).describe("which percentile is judged (nearest rank)"),
        targetMilliseconds: z.number().positive().optional().describe("warns above it, in milliseconds"),
        limitMilliseconds: z.number().positive().optional().describe("fails above it, in milliseconds"),
        timeoutSeconds: timeoutSchema(z),
        withinSeconds: z
          .number()
          .positive()
          .max(240)
          .default(120)
          .describe("longest time for all requests, in seconds"),
      })
      .refine(({ targetMilliseconds: target, limitMilliseconds: limit }) => (target ?? limit) !== undefined, {
        error: "no latency would be too much: want targetMilliseconds, limitMilliseconds or both",
        path: ["limitMilliseconds"],
      })
      .refine(({ targetMilliseconds: target = 0, limitMilliseconds: limit = Infinity }) => limit >= target, {
        error: "fails before it warns: want at least targetMilliseconds",
        path: ["limitMilliseconds"],
      }),
  async ({ url, requests, parallel, percentile, timeoutSeconds, withinSeconds, ...bounds }, { signal }) => {
    const { targetMilliseconds: target = Infinity, limitMilliseconds: limit = Infinity } = bounds;
    const began = performance.now();
    const isLate = (): boolean => performance.now() - began > withinSeconds * 1000;
    const { times, failed } = await measure(() => request(url, { signal, timeoutSeconds }), requests, parallel, isLate);
    // What was cut off from here says nothing about the site.
    signal.throwIfAborted();
    const asked = times.length + failed.length;
    if (failed.length > 0)
      return fail(`${url}: ${failed.length} of ${asked} requests failed, such as: ${failed[0] ?? ""}`);
    const judged = rank(times, percentile);
    const seen = `${url}: ${wordsOf(times, percentile)} of ${asked} requests`;
    if (judged > limit) return fail(`${seen}, want p${percentile} of at most ${limit} ms`);
    if (asked < requests) return unknown(`${seen}; only so many of ${requests} fitted into ${withinSeconds} s`);
    return judged > target ? warn(`${seen}, more than ${target} ms`) : pass(seen);
  },
  { timeoutSeconds: 300 },
);

/** Errors: nobody answered at all. After a request without an answer no more are made. */
async function measure(
  ask: () => ReturnType<typeof request>,
  requests: number,
  parallel: number,
  isLate: () => boolean,
): Promise<Measured> {
  const times: number[] = [];
  const failed: string[] = [];
  const errors: unknown[] = [];
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun < requests && errors.length === 0 && !isLate()) {
      begun += 1;
      try {
        const { status, milliseconds } = await ask();
        if (status >= 200 && status < 300) times.push(milliseconds);
        else failed.push(`answered ${status}`);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  if (errors.length > 0 && times.length + failed.length === 0) throw errors[0];
  return { times: times.sort((a, b) => a - b), failed: [...failed, ...errors.map(reason)] };
}

/** The smallest time that `percentile` percent of the requests did not exceed. */
const rank = (times: readonly number[], percentile: number): number =>
  times[Math.max(0, Math.ceil((percentile / 100) * times.length) - 1)] ?? NaN;

function wordsOf(times: readonly number[], percentile: number): string {
  const percentiles = [...new Set([50, percentile, 95])].sort((a, b) => a - b);
  const words = percentiles.map((each) => `p${each} ${Math.round(rank(times, each))} ms`);
  return [...words, `max ${Math.round(times.at(-1) ?? NaN)} ms`].join(", ");
}
