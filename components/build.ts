import * as pulumi from "@pulumi/pulumi";
import type { Artifact } from "../actions/artifact/archive.ts";
import { build } from "../actions/artifact/build.ts";
import { call } from "./call.ts";
import type { PreflightProof } from "./preflight.ts";
import { type Proof, prove } from "./proof.ts";
import { type Scope, step } from "./step.ts";

export type ArtifactProof = Proof<"artifact", Artifact>;

export interface BuildArgs {
  readonly scope: Scope;
  readonly preflight: PreflightProof;
  readonly repository: string;
  readonly commit: string;
  /** Commands that make the artifact, each as words; run in the exported commit. Default: none. */
  readonly commands?: readonly (readonly string[])[];
}

/**
 * Builds a commit into an artifact in the store, or takes the one that is there.
 * Killed inside: the store has nothing that is ever used; run the same command again: it is built again.
 */
export class Build extends pulumi.ComponentResource {
  readonly proof: ArtifactProof;

  constructor(
    name: string,
    { scope, preflight, repository, commit, commands = [] }: BuildArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(
      "switchback:index:Build",
      name,
      { commit: commit.slice(0, 7), commands: commands.map((words) => words.join(" ")) },
      opts,
    );
    const planned = call(build, { repository, commit, commands: commands.map((words) => [...words]) });
    const built = step(name, planned, scope, { parent: this, needs: {}, after: [preflight] });
    this.proof = prove(built.result, built.resource);
    this.registerOutputs({ artifact: built.result.apply((result) => result.digest) });
  }
}
