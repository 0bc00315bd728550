import type * as pulumi from "@pulumi/pulumi";
import type { CheckNeeds, Verdict } from "../actions/check.ts";
import type { Patience, Question } from "../actions/rollout/verdicts.ts";
import { type Planned, written } from "./call.ts";
import type { Config } from "./config.ts";
import { ruleFor } from "./policies.ts";
import { type Scope, step, type StepOptions } from "./step.ts";

/** Checks by name, as a pipeline lists them: `{ health: call(http, { url }) }`. */
export type Checks = Readonly<Record<string, Planned<CheckNeeds, Verdict>>>;

/** How a gate asks the checks of a release again, and which answers of theirs block by the policy. */
export function questionsOf(checks: Checks, release: string, config: Config): Record<string, Question> {
  return Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [
      name,
      { check: written(check), timeoutSeconds: check.timeoutSeconds, ...ruleFor(name, release, config) },
    ]),
  );
}

export function patienceOf({ policies }: Config): Patience {
  const { attempts, pauseSeconds, unknownSeconds, freshSeconds } = policies;
  return { attempts, pauseSeconds, unknownSeconds, freshSeconds };
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
