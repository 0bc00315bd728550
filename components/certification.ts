import * as pulumi from "@pulumi/pulumi";
import { certify } from "../actions/rollout/certify.ts";
import type { ArtifactProof } from "./build.ts";
import { call } from "./call.ts";
import type { Environment } from "./environment.ts";
import { prove } from "./proof.ts";
import { type Checks, gated } from "./question.ts";
import type { GoProof } from "./smoke.ts";
import { type Scope, step } from "./step.ts";

export interface CertificationArgs {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly artifact: ArtifactProof;
  /** The release serves and is well. */
  readonly go: GoProof;
  /** What is certified: migrations applied twice, health, the deployed commit, logs without errors. At least one. */
  readonly checks: Checks;
  /** Secrets that the checks need. Default: none. */
  readonly secrets?: readonly string[];
  /** What the release was ordered by; it stands in the certificate. */
  readonly workOrder?: string;
  /** Whether the rollout ends here. */
  readonly last: boolean;
}

/**
 * Looks at a release once more, as a certificate demands it, and writes the certificate. A release without one serves all
 * the same, and is not signed off.
 * Killed inside: nothing is changed but evidence; run the same command again: what has no answer is asked.
 */
export class Certification extends pulumi.ComponentResource {
  readonly proof: GoProof;

  constructor(name: string, args: CertificationArgs, opts?: pulumi.ComponentResourceOptions) {
    const { environment, scope, checks, workOrder } = args;
    super("switchback:index:Certification", name, { checks: Object.keys(checks), workOrder }, opts);
    const secrets = environment.secretsNamed(args.secrets ?? []);
    const behind = { parent: this, secrets, after: [args.go] };
    const passed = gated(name, checks, { scope, config: environment.config }, behind);
    const certificate = { environment: pulumi.getStack(), gate: `${name}-gate`, workOrder };
    const certified = step(`${name}-certificate`, call(certify, certificate), scope, {
      parent: this,
      needs: { GATE: passed.result, ARTIFACT: args.artifact.value },
      last: args.last,
    });
    this.proof = prove(passed.result, certified.resource);
    this.registerOutputs({ certificate: certified.result.apply((result) => result.certificate) });
  }
}
