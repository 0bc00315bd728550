import { readAttempt } from "../../actions/rollout/attempt.ts";
import { type Observed, observe } from "../../actions/watch/observe.ts";
import type { Start, Terms } from "../../actions/watch/terms.ts";
import { sourceOf, type Watched, writeWatched } from "../../actions/watch/watched.ts";
import { describeBefore, verdictOn } from "../../actions/watch/words.ts";
import type { RolloutRecord } from "../../release/record.ts";
import { makeContext, noRight } from "../../runtime/context.ts";
import { hiding } from "../../runtime/redact.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { Problem } from "../problem.ts";
import { asTyped, counted, note, paint, say } from "../say.ts";
import type { Stack } from "../stack.ts";
import type { State } from "../state.ts";
import { wantStoreOf, whyNotStoreOf } from "../store.ts";
import { WatchLine } from "../watch-line.ts";
import { wayBackFrom } from "../way-back.ts";

export interface WatchOptions extends CommonOptions {
  readonly minutes?: number;
}

/** Nobody can tell; another rollout has begun; Ctrl-C. */
const exitCodes = { unclear: 3, overtaken: 4, cancelled: 130 };

/**
 * Watches the rate of errors of what was released last, without any lock. Exit code 0: not worse than before; 1: clearly
 * worse; 3: no clear answer; 4: another rollout was opened.
 */
export async function watch(_: string | undefined, options: WatchOptions): Promise<number> {
  const stack = openStack(options);
  const state = await stack.state();
  wantStoreOf(stack, state);
  const { record, terms, start } = wanted(stack, state, options);
  const { store } = stack.settings;
  const opened = overtaking(store, record);
  if (opened !== undefined)
    throw new Problem(`${opened}: there is nothing to watch before it has ended`, exitCodes.overtaken);
  const tell = options.json ? note : say;
  tell(
    `${paint("bold", stack.name)}: ${record.serving} (rollout ${record.rollout}), for ${counted(terms.minutes, "minute")}`,
  );
  tell(`  ${describeBefore(start)}`);
  const line = options.json ? new WatchLine(false, (text) => void process.stderr.write(text)) : new WatchLine();
  const cancelling = cancelOnSignals();
  const { redact, hide } = hiding([]);
  const context = contextOf(store, record, cancelling.signal, { redact, hide });
  const observed = await observe(terms, start, {
    context,
    see: (seen) => {
      line.see({ ...seen, problem: seen.problem === undefined ? undefined : redact(seen.problem) });
    },
    isOver: () => overtaking(store, record),
  }).finally(() => {
    line.close();
    cancelling.forget();
  });
  const found = resultOf(observed, terms, start, record);
  const watched = { ...found, seen: redact(found.seen) };
  if (options.json) say(JSON.stringify(watched, undefined, 2));
  else {
    const back = watched.verdict === "fail" ? await wayBackFrom(state, stack.settings) : undefined;
    for (const text of describe(watched, back)) say(text);
  }
  keep(stack, state, watched);
  if (cancelling.signal.aborted) return exitCodes.cancelled;
  if (observed.ended === "stopped") return exitCodes.overtaken;
  return { pass: 0, fail: 1, warn: exitCodes.unclear, unknown: exitCodes.unclear }[watched.verdict];
}

/** Where the store is gone meanwhile nothing is made in its place. */
function keep(stack: Stack, state: State | undefined, watched: Watched): void {
  const why = whyNotStoreOf(stack, state);
  if (why === undefined) writeWatched(stack.settings.store, "watch.json", watched);
  else note(`What was seen is not kept: ${why}`);
}

/** Errors: there is nothing that could be watched. */
function wanted({ name }: Stack, state: State | undefined, { minutes }: WatchOptions) {
  const { record, watching } = state ?? {};
  if (record === undefined || record.serving === "none")
    throw new Problem(`${name}: nothing was released yet, so there is nothing to watch`, exitCodes.unclear);
  if (record.ended === "bad")
    throw new Problem(
      `${name}: ${record.asked} was taken back, ${record.serving} serves as before: there is nothing to watch`,
      exitCodes.unclear,
    );
  if (watching === undefined)
    throw new Problem(
      `${name}: its pipeline does not say what to watch. Give it \`watch\`, as docs/watching.md shows, and release once more`,
      exitCodes.unclear,
    );
  return { record, start: watching.start, terms: { ...watching.terms, minutes: minutes ?? watching.terms.minutes } };
}

/** Which rollout was opened after the one that is watched, in words. */
function overtaking(store: string, { rollout }: RolloutRecord): string | undefined {
  const attempt = readAttempt(store);
  return attempt === undefined || attempt.id === rollout
    ? undefined
    : `rollout ${attempt.id} of ${attempt.release} was opened`;
}

function contextOf(
  store: string,
  { serving: release, rollout }: RolloutRecord,
  signal: AbortSignal,
  hidden: ReturnType<typeof hiding>,
) {
  const around = { rollout, needs: {}, secrets: {}, previous: undefined };
  const quiet = (): void => undefined;
  return makeContext({ step: "watch", release, store }, around, noRight, signal, {
    tell: quiet,
    log: quiet,
    ...hidden,
  });
}

function cancelOnSignals(): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const cancel = (): void => {
    controller.abort();
  };
  process.on("SIGINT", cancel).on("SIGTERM", cancel);
  return {
    signal: controller.signal,
    forget: () => void process.off("SIGINT", cancel).off("SIGTERM", cancel),
  };
}

function resultOf(observed: Observed, terms: Terms, start: Start, { rollout, serving }: RolloutRecord): Watched {
  const { requests, errors } = observed.judgement;
  return {
    ...{ rollout, release: serving, source: sourceOf(terms.source) },
    ...verdictOn(observed),
    ...{ requests, errors },
    ...(start.before === undefined ? {} : { before: start.before }),
    ...{ cursor: observed.cursor, ended: new Date().toISOString() },
  };
}

const marks = { pass: "green", warn: "yellow", fail: "red", unknown: "red" } as const;
const signs = { pass: "✓", warn: "!", fail: "✗", unknown: "?" };

function describe(
  { verdict, seen, release }: Pick<Watched, "verdict" | "seen" | "release">,
  wayBack: State["wayBack"],
): string[] {
  const back = wayBack?.command ?? "";
  return [
    `${paint(marks[verdict], signs[verdict])} ${release}: ${seen}`,
    ...(back === "" ? [] : [`  Go back: ${asTyped(back)}`]),
  ];
}
