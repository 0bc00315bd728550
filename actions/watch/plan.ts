import { type Context, defineAction } from "../action.ts";
import { reason } from "../check.ts";
import { readSettled } from "../platforms/servers/settled.ts";
import type { Reading } from "./reading.ts";
import { type Start, startWith, type Terms, type TermsInput, termsSchema } from "./terms.ts";
import { type FirstReading, lastGoodWatch, notedReading, noteReading, sourceOf } from "./watched.ts";
import { describeBefore } from "./words.ts";

/**
 * Notes, just before the switch, what will be watched after it, and the rate of errors so far. It changes nothing, and a
 * source that cannot be read stops no release.
 */
export const planWatch = defineAction<Terms, unknown, Start, TermsInput>(import.meta.url, {
  args: termsSchema,
  timeoutSeconds: 60,
  run: async (terms, context) => {
    const { store, rollout } = context;
    const source = sourceOf(terms.source);
    const reading = notedReading(store, rollout, source) ?? (await firstReading(terms, context));
    noteReading(store, rollout, source, reading);
    const start = startWith(terms, reading, lastGoodWatch(store, source, rollout));
    context.tell(describeBefore(start));
    return start;
  },
});

async function firstReading({ source }: Terms, context: Context): Promise<FirstReading> {
  try {
    const { cursor, before } = (await context.call(source, {})) as Reading;
    // Asked for the first time in a rollout that has switched already: what is there is no longer the time before.
    const isBefore = readSettled(context.store)?.rollout !== context.rollout;
    return { cursor, ...(before !== undefined && isBefore ? { before } : {}) };
  } catch (error) {
    context.tell(`cannot be read now: ${reason(error)}`);
    return {};
  }
}
