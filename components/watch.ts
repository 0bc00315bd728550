import * as pulumi from "@pulumi/pulumi";
import { planWatch } from "../actions/watch/plan.ts";
import type { Start, TermsInput } from "../actions/watch/terms.ts";
import { call } from "./call.ts";
import { type Proof, prove } from "./proof.ts";
import type { SchemaProof } from "./schema.ts";
import { type Scope, step } from "./step.ts";

export type WatchProof = Proof<"watch", Start>;

export interface WatchArgs {
  readonly scope: Scope;
  /** The schema that the release needs before it starts: what comes next is the switch. */
  readonly schema: SchemaProof;
  /** What to watch, how long, and what counts as worse. */
  readonly terms: TermsInput;
}

/**
 * Notes, just before the switch, what `switchback watch` looks at when the update has ended, and the rate of errors so far.
 * Killed inside: nothing was changed; run the same command again: it is noted then, or stands as it was noted.
 */
export class Watch extends pulumi.ComponentResource {
  readonly proof: WatchProof;

  constructor(name: string, { scope, schema, terms }: WatchArgs, opts?: pulumi.ComponentResourceOptions) {
    const planned = call(planWatch, terms);
    super("switchback:index:Watch", name, { source: terms.source.action, minutes: terms.minutes ?? 30 }, opts);
    const noted = step(`${name}-plan`, planned, scope, { parent: this, needs: {}, after: [schema] });
    this.proof = prove(noted.result, noted.resource);
    this.registerOutputs({ before: noted.result.apply(({ beforeFrom }) => beforeFrom) });
  }
}
