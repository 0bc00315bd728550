import * as pulumi from "@pulumi/pulumi";
import { decideGate, judge } from "../release/gate.ts";
import { inReview } from "../release/summary.ts";
import { askNow } from "../runtime/ask-now.ts";
import type { Config } from "./config.ts";
import type { Planning } from "./planning.ts";
import { type Checks, questionsOf } from "./question.ts";
import type { Platform } from "./servers.ts";

interface Reviewed {
  readonly planning: Planning;
  readonly preflight: Checks;
  readonly platform: Platform;
  readonly config: Config;
}

/**
 * Tells the reviewer of a preview what would be done, what the preflight gate would say now, and where what serves is not
 * what the state says. All of it is asked in this process, side by side; nothing is changed, and the preview does not fail
 * because of it.
 */
export async function tellReviewer(about: pulumi.Resource, reviewed: Reviewed): Promise<void> {
  await Promise.all([reviewed.planning.isNew ? tellPlan(about, reviewed) : undefined, tellDrift(about, reviewed)]);
}

async function tellPlan(about: pulumi.Resource, { planning: { plan }, preflight, config }: Reviewed): Promise<void> {
  const place = { release: plan.release, store: config.environment.store };
  const quick = Object.fromEntries(Object.entries(preflight).filter(([, check]) => check.quick));
  const later = Object.keys(preflight).filter((name) => quick[name] === undefined);
  const judged = await Promise.all(
    Object.entries(questionsOf(quick, plan.release, config)).map(async ([name, question]) =>
      judge(name, await askNow(question.check, place, config.checks.timeoutSeconds), question),
    ),
  );
  const { decision, table } = decideGate(judged);
  const rest = later.length === 0 ? "" : `\n  asked in the rollout: ${later.join(", ")}`;
  await pulumi.log.info(inReview(plan), about);
  if (decision === "go") await pulumi.log.info(`preflight would let it through\n${table}${rest}`, about);
  else await pulumi.log.warn(`would be blocked\n${table}${rest}`, about);
}

async function tellDrift(about: pulumi.Resource, { planning: { record }, platform, config }: Reviewed): Promise<void> {
  const serving = record?.serving ?? "none";
  if (serving === "none") return;
  const drift = await platform.drift(serving, config.environment.store);
  if (drift.length === 0) return;
  await pulumi.log.warn(`drift: the state says that ${serving} serves, but\n  ${drift.join("\n  ")}`, about);
}
