import * as pulumi from "@pulumi/pulumi";
import type { Passed } from "../actions/rollout/gate.ts";
import type { Environment } from "./environment.ts";
import { type Proof, prove } from "./proof.ts";
import { type Checks, gated } from "./question.ts";
import type { Scope } from "./step.ts";

export type PreflightProof = Proof<"preflight", Passed>;

export interface PreflightArgs {
  readonly environment: Environment;
  readonly scope: Scope;
  /** What must hold before anything is changed. At least one. */
  readonly checks: Checks;
}

/**
 * Looks before anything is changed, and stops the rollout with every reason at once.
 * Killed inside: nothing was changed; run the same command again: what has no verdict is asked.
 */
export class Preflight extends pulumi.ComponentResource {
  readonly proof: PreflightProof;

  constructor(name: string, { environment, scope, checks }: PreflightArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Preflight", name, { checks: Object.keys(checks) }, opts);
    const passed = gated(name, checks, { scope, config: environment.config }, { parent: this });
    this.proof = prove(passed.result, passed.resource);
    this.registerOutputs({ decision: passed.result.apply((result) => result.decision) });
  }
}
