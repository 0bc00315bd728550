import * as pulumi from "@pulumi/pulumi";
import { signOffByPolicy } from "../actions/rollout/sign-off.ts";
import type { ArtifactProof } from "./build.ts";
import { call } from "./call.ts";
import type { GoProof } from "./smoke.ts";
import { type Scope, step } from "./step.ts";

export interface SignOffArgs {
  readonly scope: Scope;
  readonly go: GoProof;
  readonly artifact: ArtifactProof;
}

/**
 * Records the GO of a release, as the environment's policy gives it: what production may promote.
 * Killed inside: the release serves and is not signed off; run the same command again: it is signed off.
 */
export class SignOff extends pulumi.ComponentResource {
  constructor(name: string, { scope, go, artifact }: SignOffArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:SignOff", name, { by: "policy" }, opts);
    const needs = { GATE: go.value, ARTIFACT: artifact.value };
    const signed = step(name, call(signOffByPolicy, {}), scope, { parent: this, needs, last: true });
    this.registerOutputs({ release: signed.result.apply((result) => result.release) });
  }
}
