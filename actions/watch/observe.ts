import { setTimeout as pause } from "node:timers/promises";
import { judge, type Judgement } from "../../release/error-rate.ts";
import type { Context } from "../action.ts";
import { reason } from "../check.ts";
import { nothing, type Reading, sum } from "./reading.ts";
import { type Start, standardOf, type Terms } from "./terms.ts";

/** What was seen up to a moment. */
export interface Seen {
  readonly judgement: Judgement;
  readonly seconds: number;
  /** Seconds it is to last. */
  readonly of: number;
  /** Why the last reading failed; undefined when it did not. */
  readonly problem: string | undefined;
}

export interface Observed extends Seen {
  readonly readings: number;
  /** How many of them failed. */
  readonly unread: number;
  readonly ended: "bad" | "period" | "stopped";
  /** Why, in words; only where it was stopped. */
  readonly stopped?: string;
  readonly cursor: unknown;
}

export interface Watcher {
  readonly context: Pick<Context, "call" | "signal">;
  /** Told after every reading. */
  readonly see: (seen: Seen) => void;
  /** Why it is to end now, in words; undefined to go on. Asked every second. */
  readonly isOver?: () => string | undefined;
}

/** Reads a source again and again until the time is over, the release is clearly bad, or somebody wants an end. */
export async function observe(terms: Terms, start: Start, watcher: Watcher): Promise<Observed> {
  const { context, see, isOver = () => undefined } = watcher;
  const began = performance.now();
  const of = terms.minutes * 60;
  // The switch is over: what failed during it is told by the activation, and is not counted once more.
  let [counts, cursor, readings, unread] = [nothing, undefined as unknown, 0, 0];
  for (;;) {
    readings++;
    const reading = await read(terms, cursor, context);
    if ("problem" in reading) unread++;
    else [counts, cursor] = [sum([counts, reading]), reading.cursor];
    const judgement = judge(counts, start.before, standardOf(terms));
    const seconds = (performance.now() - began) / 1000;
    const seen = { judgement, of, seconds, problem: "problem" in reading ? reading.problem : undefined };
    const observed = { ...seen, readings, unread, cursor };
    if (context.signal.aborted) return { ...observed, ended: "stopped", stopped: "stopped" };
    see(seen);
    if (judgement.decision === "bad") return { ...observed, ended: "bad" };
    if (seconds >= of) return { ...observed, ended: "period" };
    const stopped = await rest(Math.min(terms.everySeconds, of - seconds), context.signal, isOver);
    if (stopped !== undefined) return { ...observed, ended: "stopped", stopped };
  }
}

async function read(
  { source }: Terms,
  cursor: unknown,
  { call }: Watcher["context"],
): Promise<Reading | { readonly problem: string }> {
  try {
    return (await call(source, cursor === undefined ? {} : { CURSOR: cursor })) as Reading;
  } catch (error) {
    return { problem: reason(error) };
  }
}

/** Waits so many seconds; returns why it did not. */
async function rest(
  seconds: number,
  signal: AbortSignal,
  isOver: () => string | undefined,
): Promise<string | undefined> {
  const until = performance.now() + seconds * 1000;
  for (let left = seconds * 1000; left > 0; left = until - performance.now()) {
    const over = isOver();
    if (over !== undefined) return over;
    await pause(Math.min(1000, left), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return "stopped";
  }
  return isOver();
}

const betweenLines = 30_000;

/** Hands a line on at most every 30 seconds, the first one at once. */
export function seldom(tell: (line: string) => void): (line: string) => void {
  let next = -Infinity;
  return (line) => {
    if (performance.now() < next) return;
    next = performance.now() + betweenLines;
    tell(line);
  };
}
