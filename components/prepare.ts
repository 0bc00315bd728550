import * as pulumi from "@pulumi/pulumi";
import type { Prepared } from "../actions/platforms/servers/prepare.ts";
import type { ArtifactProof } from "./build.ts";
import type { Environment } from "./environment.ts";
import { type Proof, prove } from "./proof.ts";
import type { Platform } from "./servers.ts";
import { type Scope, step } from "./step.ts";

export type PreparedProof = Proof<"prepared", Prepared>;

export interface PrepareArgs {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly artifact: ArtifactProof;
  readonly platform: Platform;
}

/**
 * Brings an artifact to every host, ready to be switched to. What serves notices nothing.
 * Killed inside: what serves is not touched; run the same command again: hosts that lack the release get it.
 */
export class Prepare extends pulumi.ComponentResource {
  readonly proof: PreparedProof;

  constructor(
    name: string,
    { environment, scope, artifact, platform }: PrepareArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("switchback:index:Prepare", name, { hosts: platform.hosts }, opts);
    const prepared = step(name, platform.prepare, scope, {
      parent: this,
      needs: { ARTIFACT: artifact.value },
      secrets: environment.secretsNamed(platform.secrets),
    });
    this.proof = prove(prepared.result, prepared.resource);
    this.registerOutputs({ folder: prepared.result.apply((result) => result.folder) });
  }
}
