import * as pulumi from "@pulumi/pulumi";
import type { Activated, Serving } from "../actions/platforms/servers/activate.ts";
import type { PreparedProof } from "./prepare.ts";
import { type Proof, prove } from "./proof.ts";
import type { SchemaProof } from "./schema.ts";
import type { Platform } from "./servers.ts";
import { type Scope, step } from "./step.ts";
import type { WatchProof } from "./watch.ts";

export type ServingProof = Proof<"serving", Serving>;

export interface ActivationArgs {
  readonly scope: Scope;
  readonly platform: Platform;
  readonly prepared: PreparedProof;
  /** The schema that the release needs before it starts. */
  readonly schema: SchemaProof;
  /** What was noted for watching it afterwards. Default: nothing. */
  readonly watch?: WatchProof | undefined;
}

/**
 * Switches all hosts and verifies each, or takes all of them back: one decision, whatever the number of hosts. It never
 * fails for a bad release, it says what serves; the gate at the end of the rollout fails.
 * Killed inside: the step goes on to its end by itself, a power cut may leave hosts on either release; run the same command
 * again: all are switched and verified, or all taken back to what served before the rollout.
 */
export class Activation extends pulumi.ComponentResource {
  readonly proof: ServingProof;

  constructor(
    name: string,
    { scope, platform, prepared, schema, watch }: ActivationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("switchback:index:Activation", name, { hosts: platform.hosts }, opts);
    const active = step(name, platform.activate, scope, {
      parent: this,
      needs: { PREPARED: prepared.value },
      after: [schema, ...(watch ? [watch] : [])],
    });
    this.proof = prove(active.result.apply(withoutCounts), active.resource);
    this.registerOutputs({ serving: active.result.apply((result) => result.release) });
  }
}

/** Counts differ every time: in a proof they would make everything behind it look changed. */
function withoutCounts({ downtime: _, ...serving }: Activated): Serving {
  return serving;
}
