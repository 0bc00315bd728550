import * as pulumi from "@pulumi/pulumi";
import { decideGate, judge } from "../release/gate.ts";
import type { Plan } from "../release/plan.ts";
import { inReview } from "../release/summary.ts";
import { askNow } from "../runtime/ask-now.ts";
import type { Config } from "./config.ts";
import { type Checks, questionsOf } from "./question.ts";

/**
 * Tells the reviewer of a preview what would be done, and what the preflight gate would say now. The checks are asked in
 * this process; they change nothing, and the preview does not fail because of them.
 */
export async function tellReviewer(about: pulumi.Resource, plan: Plan, checks: Checks, config: Config): Promise<void> {
  const place = { release: plan.release, store: config.environment.store };
  const judged = await Promise.all(
    Object.entries(questionsOf(checks, plan.release, config)).map(async ([name, question]) => {
      return judge(name, await askNow(question.check, place, config.checks.timeoutSeconds), question);
    }),
  );
  const { decision, table } = decideGate(judged);
  await pulumi.log.info(inReview(plan), about);
  if (decision === "go") await pulumi.log.info(`preflight would let it through\n${table}`, about);
  else await pulumi.log.warn(`would be blocked\n${table}`, about);
}
