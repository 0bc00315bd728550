import type * as pulumi from "@pulumi/pulumi";
import type { CheckNeeds, Verdict } from "../actions/check.ts";
import type { Question } from "../actions/rollout/verdicts.ts";
import { type Planned, written } from "./call.ts";
import type { Config } from "./config.ts";
import { type Scope, step, type StepOptions } from "./step.ts";

/** Checks by name, as a pipeline lists them: `{ health: call(http, { url }) }`. */
export type Checks = Readonly<Record<string, Planned<CheckNeeds, Verdict>>>;

/** How a gate asks the checks again, and which verdicts of theirs block by the policy. */
export function questionsOf(checks: Checks, { policies }: Config): Record<string, Question> {
  const blocks: Question["blocks"] = [
    "fail",
    ...(policies.unknown === "block" ? (["unknown"] as const) : []),
    ...(policies.warn === "block" ? (["warn"] as const) : []),
  ];
  return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, { check: written(check), blocks }]));
}

/** One step for each check. Returns their verdicts, by name. */
export function ask(
  prefix: string,
  checks: Checks,
  scope: Scope,
  options: StepOptions<CheckNeeds>,
): Record<string, pulumi.Output<Verdict>> {
  return Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, step(`${prefix}-${name}`, check, scope, options).result]),
  );
}
