import type { Count } from "../../release/error-rate.ts";
import { type Context, defineAction } from "../action.ts";
import { reason } from "../check.ts";
import { readSettled } from "../platforms/servers/settled.ts";
import type { Reading } from "./reading.ts";
import { type Start, startWith, type Terms, type TermsInput, termsSchema } from "./terms.ts";
import { lastGoodWatch, noteBefore, notedBefore, sourceOf } from "./watched.ts";
import { describeBefore } from "./words.ts";

/**
 * Notes, just before the switch, what will be watched after it, and the rate of errors so far. It changes nothing, and a
 * source that cannot be read stops no release.
 */
export const planWatch = defineAction<Terms, unknown, Start, TermsInput>(import.meta.url, {
  args: termsSchema,
  timeoutSeconds: 120,
  run: async (terms, context) => {
    const { store, rollout } = context;
    const source = sourceOf(terms.source);
    const before = notedBefore(store, rollout, source) ?? (await countedBefore(terms, context));
    if (before !== undefined) noteBefore(store, rollout, source, before);
    const start = startWith(terms, before, lastGoodWatch(store, source, rollout));
    context.tell(describeBefore(start));
    return start;
  },
});

async function countedBefore({ source }: Terms, context: Context): Promise<Count | undefined> {
  try {
    // Asked for the first time in a rollout that has switched already: what is there is no longer the time before.
    if (readSettled(context.store)?.rollout === context.rollout) return undefined;
    return ((await context.call(source, {})) as Reading).before;
  } catch (error) {
    context.tell(`cannot be read now: ${reason(error)}`);
    return undefined;
  }
}
