import { defineAction, Refusal, type Zod } from "../action.ts";
import { isPattern } from "../checks/pattern.ts";
import { request } from "../checks/request.ts";
import { secretSchema, type SecretReference } from "../secret.ts";
import { readMetrics, type Sample, type Selector, total } from "./prometheus-text.ts";
import { nothing, type Reading, type SourceNeeds, sum } from "./reading.ts";
import type * as zod from "zod";

interface Args {
  readonly urls: readonly string[];
  readonly requests: Selector;
  readonly errors: Selector;
  readonly bearer?: SecretReference | undefined;
  readonly timeoutSeconds: number;
}

/** The totals of one process, and when it was started; 0 where it does not say. */
interface Totals {
  readonly requests: number;
  readonly errors: number;
  readonly started: number;
}

/**
 * Counts with the counters of the application's own metrics pages, Prometheus text, one page for each process. A counter
 * that went back began anew: what it shows then has happened since. What the counters show the first time is the time
 * before, since each process was started.
 */
export const countedRequests = defineAction<Args, SourceNeeds, Reading, zod.input<ReturnType<typeof schema>>>(
  import.meta.url,
  {
    args: (z) => schema(z),
    run: async (args, { needs, signal, secret }) => {
      const headers = args.bearer === undefined ? {} : { authorization: `Bearer ${secret(args.bearer)}` };
      const totals = await Promise.all(
        args.urls.map(async (url) => totalsIn(url, await readPage(url, headers, args.timeoutSeconds, signal), args)),
      );
      if (needs.CURSOR === undefined) return { ...nothing, cursor: totals, before: sum(totals) };
      const last = needs.CURSOR as readonly Totals[];
      return { ...sum(totals.map((now, index) => since(last[index], now))), cursor: totals };
    },
  },
);

const schema = (z: Zod) =>
  z
    .strictObject({
      urls: z.array(z.url()).min(1).describe("metrics pages, one for each process or host"),
      requests: selectorSchema(z).describe("counters whose sum is all requests"),
      errors: selectorSchema(z).describe("counters whose sum is those that failed; they are among the requests"),
      bearer: secretSchema(z).optional().describe("token the pages ask for"),
      timeoutSeconds: z.number().positive().max(60).default(10).describe("an answer that takes longer is none"),
    })
    .refine(
      ({ requests, errors }) => JSON.stringify(requests) !== JSON.stringify(errors),
      'errors: the same counters as requests, so everything would be an error. Give a label: { code: "5.." }',
    );

const selectorSchema = (z: Zod) =>
  z.strictObject({
    metric: z.string().regex(/^[a-zA-Z_:][\w:]*$/),
    labels: z
      .record(
        z.string(),
        z.string().refine((text) => isPattern(text), "is no regular expression"),
      )
      .default({}),
  });

async function readPage(
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<Sample[]> {
  const { status, text } = await request(url, { signal, timeoutSeconds, headers });
  if (status !== 200) throw new Refusal(`${url} answered ${status}`);
  return readMetrics(text);
}

/** A counter of errors appears with the first of them; one of requests that is not there is the wrong name. */
function totalsIn(url: string, samples: readonly Sample[], { requests, errors }: Args): Totals {
  const all = total(samples, requests);
  if (all === undefined && !samples.some(({ name }) => name === requests.metric))
    throw new Refusal(`${url} has no ${requests.metric}. Is it the right page, the right name?`);
  const started = total(samples, { metric: "process_start_time_seconds", labels: {} }) ?? 0;
  return { requests: all ?? 0, errors: total(samples, errors) ?? 0, started };
}

function since(last: Totals | undefined, now: Totals): { requests: number; errors: number } {
  const isAnew = last === undefined || now.requests < last.requests || now.errors < last.errors;
  if (isAnew || now.started !== last.started) return now;
  return { requests: now.requests - last.requests, errors: now.errors - last.errors };
}
