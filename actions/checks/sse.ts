import { defineCheck, fail, pass, unknown } from "../check.ts";
import { newEventReader } from "./event-stream.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { cookieHeader, newVisitor } from "./visitor.ts";

/**
 * Passes when `path` is an event stream that sends its first event in time, enough of them, and stays open. Fails when it
 * is none, ends, is silent, or when the events come in a heap although the server sends them one after another: then
 * something on the way (a proxy) holds them back.
 */
export const sse = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        address: z.url().describe("base address of the application"),
        path: z.string().startsWith("/").describe("path of the stream"),
        signIn: signInSchema(z).optional().describe("who signs in first; default: nobody"),
        headers: z.record(z.string().min(1), z.string()).default({}).describe("further headers; no secrets"),
        event: z.string().min(1).optional().describe("name of the events that count; default: all"),
        events: z.int().min(1).max(1000).default(1).describe("how many have to come at least"),
        firstWithinSeconds: z
          .number()
          .positive()
          .max(60)
          .default(5)
          .describe("the first one, from the answer's beginning"),
        openSeconds: z.number().positive().max(60).default(5).describe("how long the stream has to stay open"),
        everySeconds: z
          .number()
          .positive()
          .max(60)
          .optional()
          .describe("how often the server sends: asks whether they are held back"),
        timeoutSeconds: z.number().positive().max(60).default(10).describe("for the answer to begin"),
      })
      .refine(({ events, everySeconds }) => everySeconds === undefined || events > 1, {
        path: ["events"],
        message: "one event cannot show whether they are held back: ask for 2 at least",
      })
      .refine(({ events, everySeconds = 0, openSeconds }) => (events - 1) * everySeconds < openSeconds, {
        path: ["openSeconds"],
        message: "is too short for so many events",
      })
      .refine(({ firstWithinSeconds, openSeconds }) => firstWithinSeconds <= openSeconds, {
        path: ["firstWithinSeconds"],
        message: "is longer than the stream is looked at: give openSeconds as much",
      }),
  async (args, { signal, secret }) => {
    const { address, path, event, openSeconds } = args;
    const visitor = newVisitor(address, { signal, timeoutSeconds: args.timeoutSeconds });
    const refused = args.signIn && (await signIn(visitor, args.signIn, { secret }));
    if (refused !== undefined) return fail(refused);

    const own = new AbortController();
    const late = setTimeout(
      () => own.abort(new Error(`${path}: no answer within ${args.timeoutSeconds} s`)),
      args.timeoutSeconds * 1000,
    );
    try {
      const { status, headers, body } = await fetch(new URL(path, address), {
        headers: { accept: "text/event-stream", ...cookieHeader(visitor.cookies), ...args.headers },
        redirect: "manual",
        signal: AbortSignal.any([signal, own.signal]),
      });
      clearTimeout(late);
      if (status !== 200) return fail(`${path} answered ${status}, want 200`);
      const type = headers.get("content-type") ?? "none";
      if (!/^text\/event-stream\s*(;|$)/i.test(type)) return fail(`${path} is of type ${type}, want text/event-stream`);
      const seen = await listen(body, openSeconds, event);
      if (signal.aborted) return unknown(`${path}: told to stop`);
      const wrong = wrongWith(seen, args);
      return wrong === undefined
        ? pass(`${path}: ${timesOf(seen)}, still open after ${openSeconds} s`)
        : fail(`${path}: ${wrong}`);
    } finally {
      clearTimeout(late);
      own.abort();
    }
  },
  { timeoutSeconds: 180 },
);

interface Seen {
  /** When events came, in seconds from the beginning of the answer; the first thousand. */
  readonly arrivals: readonly number[];
  /** When and why the stream ended, if it did. */
  readonly ended: { readonly after: number; readonly why: string } | undefined;
}

const mostArrivals = 1000;
const mostBytes = 32 * 1024 * 1024;

async function listen(
  body: ReadableStream<Uint8Array> | null,
  seconds: number,
  event: string | undefined,
): Promise<Seen> {
  const began = performance.now();
  const after = (): number => (performance.now() - began) / 1000;
  const reader = body?.getReader();
  const events = newEventReader();
  const arrivals: number[] = [];
  let bytes = 0;
  const over = Promise.withResolvers<"over">();
  const timer = setTimeout(() => over.resolve("over"), seconds * 1000);
  try {
    for (;;) {
      const piece = await Promise.race([over.promise, reader?.read()]);
      if (piece === "over") return { arrivals, ended: undefined };
      if (piece === undefined || piece.done) return { arrivals, ended: { after: after(), why: "ended" } };
      bytes += piece.value.length;
      if (bytes > mostBytes) return { arrivals, ended: { after: after(), why: "sent more than 32 MB" } };
      const came = events.read(piece.value).filter((name) => event === undefined || name === event);
      arrivals.push(...came.slice(0, mostArrivals - arrivals.length).map(after));
    }
  } catch (error) {
    return { arrivals, ended: { after: after(), why: `broke off (${(error as Error).message})` } };
  } finally {
    clearTimeout(timer);
  }
}

interface Wanted {
  readonly events: number;
  readonly firstWithinSeconds: number;
  readonly openSeconds: number;
  readonly everySeconds?: number | undefined;
}

function wrongWith({ arrivals, ended }: Seen, wanted: Wanted): string | undefined {
  const { events, firstWithinSeconds, openSeconds, everySeconds } = wanted;
  const times = timesOf({ arrivals });
  if (ended) return `${ended.why} after ${rounded(ended.after)} s, want ${openSeconds}; ${times}`;
  const [first] = arrivals;
  if (first === undefined || first > firstWithinSeconds)
    return `${times}, want the first within ${firstWithinSeconds} s`;
  if (arrivals.length < events) return `${times}, want ${events} within ${openSeconds} s`;
  if (everySeconds === undefined) return undefined;
  // Half as many moments as events: on a busy machine some come together, out of a buffer all of them do.
  const moments = momentsOf(arrivals, everySeconds / 4);
  return moments < Math.max(2, Math.ceil(events / 2))
    ? `buffered: ${times}, though the server sends one every ${everySeconds} s`
    : undefined;
}

/** How many times something came, with `apart` seconds of silence before it. */
const momentsOf = (arrivals: readonly number[], apart: number): number =>
  arrivals.filter((at, index) => at - (arrivals[index - 1] ?? Number.NEGATIVE_INFINITY) >= apart).length;

const rounded = (seconds: number): string => seconds.toFixed(2);

function timesOf({ arrivals }: Pick<Seen, "arrivals">): string {
  if (arrivals.length === 0) return "no event came";
  const [first, ...more] = arrivals.slice(0, 10).map(rounded);
  const dots = arrivals.length > 10 ? ", ..." : "";
  const count = arrivals.length === mostArrivals ? `${mostArrivals} or more` : String(arrivals.length);
  return `${count} ${arrivals.length === 1 ? "event" : "events"}, after ${[first, ...more].join(", ")}${dots} s`;
}
