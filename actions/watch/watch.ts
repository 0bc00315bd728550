import { type Count, describeJudgement, judge } from "../../release/error-rate.ts";
import { digest } from "../../release/digest.ts";
import type { Context } from "../action.ts";
import { defineCheck, pass, reason } from "../check.ts";
import { observe, seldom } from "./observe.ts";
import { nothing, type Reading } from "./reading.ts";
import { type Start, standardOf, startWith, type Terms, type TermsInput, termsSchema } from "./terms.ts";
import { lastGoodWatch, notedBefore, readWatched, sourceOf, type Watched, writeWatched } from "./watched.ts";
import { describeProgress, verdictOn } from "./words.ts";

/**
 * Watches the rate of errors for `minutes`, inside of the rollout. Passes when it is not worse than before, warns when there
 * is no clear answer, fails as soon as it is clearly worse, and cannot tell when nothing was asked or the source could not be
 * read. Asked again in the same rollout it waits no more: only what came since, and was fine, makes its answer better.
 */
export const watch = defineCheck<Terms, TermsInput>(
  import.meta.url,
  termsSchema,
  async (terms, context) => {
    const name = `watch-${digest(terms)}.json`;
    const earlier = readWatched(context.store, context.rollout, name);
    if (earlier !== undefined) return again(earlier, terms, context);
    const tell = seldom(context.tell);
    const start = readStart(terms, context);
    const observed = await observe(terms, start, {
      context,
      see: (seen) => {
        tell(describeProgress(seen));
      },
    });
    const answer = verdictOn(observed);
    if (observed.ended !== "stopped") {
      const { requests, errors } = observed.judgement;
      writeWatched(context.store, name, {
        ...{ rollout: context.rollout, release: context.release, source: sourceOf(terms.source) },
        ...{ verdict: answer.verdict, seen: answer.seen, requests, errors },
        ...(start.before === undefined ? {} : { before: start.before }),
        ...{ cursor: observed.cursor, ended: new Date().toISOString() },
      });
    }
    return answer;
  },
  { timeoutSeconds: 7200 },
);

async function again(earlier: Watched, terms: Terms, context: Context): Promise<ReturnType<typeof pass>> {
  const { verdict, seen, cursor, before } = earlier;
  const since = cursor === undefined ? nothing : await readSince(terms, cursor, context);
  const judgement = judge(since, before, standardOf(terms));
  return judgement.decision === "fine"
    ? pass(`since it was watched ${describeJudgement(judgement)}`)
    : { verdict, seen };
}

/** What cannot be read now changes nothing about what was seen. */
async function readSince({ source }: Terms, cursor: unknown, context: Context): Promise<Count> {
  try {
    return (await context.call(source, { CURSOR: cursor })) as Reading;
  } catch (error) {
    context.log(`asked again, it cannot be read: ${reason(error)}`);
    return nothing;
  }
}

/** What was noted before the switch, of the same source; else what can be said without it. */
function readStart(terms: Terms, { store, rollout }: Context): Start {
  const source = sourceOf(terms.source);
  return startWith(terms, notedBefore(store, rollout, source), lastGoodWatch(store, source, rollout));
}
