import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { openRollout } from "../actions/rollout/open.ts";
import type { Plan } from "../release/plan.ts";
import { summarize } from "../release/summary.ts";
import { call } from "./call.ts";
import type { Environment } from "./environment.ts";
import { type Scope, step } from "./step.ts";

export interface RolloutArgs {
  readonly environment: Environment;
  readonly plan: Plan;
  /** Digest of what the application is told, see `configurationDigest`. */
  readonly configuration: string;
  /** The last rollout that did not end well, `none` for none. */
  readonly after: string;
}

/**
 * One attempt to bring an environment to a release. Its id changes when what is asked for does, and never repeats.
 * Killed inside: nothing was changed, at most an id was used up; run the same command again: another rollout is opened.
 */
export class Rollout extends pulumi.ComponentResource {
  readonly scope: Scope;
  /** Id of the store it was opened in. */
  readonly store: pulumi.Output<string>;

  constructor(
    name: string,
    { environment, plan, configuration, after }: RolloutArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("switchback:index:Rollout", name, { ...summarize(plan), rollbackFrom: plan.rollbackFrom }, opts);
    const { release, commit, rollbackFrom, again, restore } = plan;
    const { environment: place, leaveStore = "none" } = environment.config;
    const { store } = place;
    const opened = step(
      `${name}-open`,
      call(openRollout, { commit, configuration, after, rollbackFrom, again, restore, leaveStore }),
      { release, store },
      { parent: this, needs: {}, secrets: secretsDigest(environment.config.application.secrets) },
    );
    this.scope = { release, store, rollout: opened.result.apply((result) => result.id) };
    this.store = opened.result.apply((result) => result.store);
    this.registerOutputs({ rollout: this.scope.rollout });
  }
}

/** Another secret is another configuration; the digest of a short one would give it away, so it is a secret itself. */
function secretsDigest(secrets: Readonly<Record<string, string>>): Record<string, string> {
  if (Object.keys(secrets).length === 0) return {};
  return { CONFIGURATION: createHash("sha256").update(JSON.stringify(secrets)).digest("hex") };
}
