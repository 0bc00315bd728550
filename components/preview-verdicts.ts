import * as pulumi from "@pulumi/pulumi";
import { decideGate } from "../release/gate.ts";
import { askNow } from "../runtime/ask-now.ts";
import type { Config } from "./config.ts";
import { type Checks, questionsOf } from "./question.ts";

/**
 * Asks the preflight checks during a preview and tells the reviewer what the gate would say now. It changes nothing, and
 * the preview does not fail because of it.
 */
export async function tellVerdicts(
  about: pulumi.Resource,
  checks: Checks,
  config: Config,
  place: { readonly release: string; readonly store: string },
): Promise<void> {
  const questions = Object.entries(questionsOf(checks, config));
  const judged = await Promise.all(
    questions.map(async ([name, { check, blocks }]) => {
      const { verdict, seen } = await askNow(check, place, config.checks.timeoutSeconds);
      return { name, verdict, seen, blocks: blocks.includes(verdict) };
    }),
  );
  const { decision, table } = decideGate(judged);
  if (decision === "go") await pulumi.log.info(`preflight would let it through\n${table}`, about);
  else await pulumi.log.warn(`would be blocked\n${table}`, about);
}
