import * as pulumi from "@pulumi/pulumi";
import type { CheckNeeds, Verdict } from "../actions/check.ts";
import { gate, type Passed } from "../actions/rollout/gate.ts";
import type { Patience, Question } from "../actions/rollout/verdicts.ts";
import { call, type Planned, written } from "./call.ts";
import type { Config } from "./config.ts";
import { ruleFor } from "./policies.ts";
import { type Scope, type Step, step, type StepOptions } from "./step.ts";

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

/** One step for each check, and the gate behind them all, `name-gate`. */
export function gated(
  name: string,
  checks: Checks,
  { scope, config }: { readonly scope: Scope; readonly config: Config },
  { after = [], last = false, ...common }: Omit<StepOptions<CheckNeeds>, "needs">,
): Step<Passed> {
  const verdicts = ask(name, checks, scope, { ...common, after, needs: {} });
  const questions = questionsOf(checks, scope.release, config);
  return step(`${name}-gate`, call(gate, { questions, patience: patienceOf(config) }), scope, {
    ...{ ...common, last },
    needs: { VERDICTS: pulumi.all(verdicts) },
  });
}
