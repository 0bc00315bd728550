import * as pulumi from "@pulumi/pulumi";
import type { Call } from "../actions/action.ts";
import type { Verdict } from "../actions/check.ts";
import { conclude } from "../actions/rollout/conclude.ts";
import { decide, type Decision } from "../actions/rollout/decide.ts";
import type { Passed } from "../actions/rollout/gate.ts";
import type { Question } from "../actions/rollout/verdicts.ts";
import type { ServingProof } from "./activation.ts";
import type { BackupProof } from "./backup.ts";
import { call, written } from "./call.ts";
import type { Environment } from "./environment.ts";
import { type Proof, prove } from "./proof.ts";
import { ask, type Checks, patienceOf, questionsOf } from "./question.ts";
import type { SchemaProof } from "./schema.ts";
import { maintenanceBypass, type Platform } from "./servers.ts";
import { type Scope, step } from "./step.ts";

export type GoProof = Proof<"go", Passed>;

export interface SmokeArgs {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly platform: Platform;
  readonly serving: ServingProof;
  readonly schema: SchemaProof;
  readonly backup: BackupProof;
  /** What is looked at when the release serves. At least one. */
  readonly checks: Checks;
  /** Secrets the checks need, such as the passwords of smoke accounts. Default: none. */
  readonly secrets?: readonly string[];
  /** The release that served before, `none` for none. */
  readonly from: string;
  /** What takes the release back, code and schema, in order; and what of it is left when the code is back already. */
  readonly back: readonly Call[];
  readonly rest: readonly Call[];
  /** Whether the rollout ends here; otherwise a sign-off ends it. */
  readonly last: boolean;
}

/**
 * Looks at the release when it serves, decides, takes it back if it must, and fails unless it is well.
 * Killed inside: checks change nothing, the decision goes on to its end by itself; run the same command again: a decision
 * to go back stands, and is carried out from its beginning.
 */
export class Smoke extends pulumi.ComponentResource {
  readonly proof: GoProof;
  /** What became of the release. Hangs on no gate. */
  readonly decision: pulumi.Output<Decision>;

  constructor(name: string, args: SmokeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Smoke", name, { checks: Object.keys(args.checks) }, opts);
    const { scope, checks, environment, platform, serving, schema, backup } = args;
    const secrets = environment.secretsNamed(args.secrets ?? []);
    const questions = questionsOf(checks, scope.release, environment.config);
    const patience = patienceOf(environment.config);
    const needs = { SERVING: serving.value };
    const verdicts = ask(name, checks, scope, { parent: this, needs, secrets, after: [schema] });
    const { revert } = environment.config.policies;
    const decided = step(
      `${name}-decision`,
      call(decide, { revert, back: args.back.map(written), rest: args.rest.map(written), patience }),
      scope,
      {
        parent: this,
        needs: { ...needs, SCHEMA: schema.value, BACKUP: backup.value, DOUBTS: doubts(verdicts, questions) },
        secrets: { ...secrets, ...environment.secretsNamed([maintenanceBypass]) },
      },
    );
    const ended = call(conclude, {
      ...{ questions, patience, decidedBy: `${name}-decision`, from: args.from },
      atGo: [written(platform.endMaintenance)],
    });
    const concluded = step(`${name}-gate`, ended, scope, {
      parent: this,
      needs: { DECISION: decided.result, VERDICTS: pulumi.all(verdicts) },
      secrets,
      last: args.last,
    });
    this.decision = decided.result;
    this.proof = prove(concluded.result, concluded.resource);
    this.registerOutputs({ decision: decided.result.apply((result) => result.decision) });
  }
}

/** Only what was not `pass` reaches the decision: one more check that passes changes nothing in it. */
function doubts(
  verdicts: Readonly<Record<string, pulumi.Output<Verdict>>>,
  questions: Readonly<Record<string, Question>>,
) {
  return pulumi.all(verdicts).apply((all) => {
    const doubtful = Object.entries(all).filter(([, verdict]) => verdict.verdict !== "pass");
    return Object.fromEntries(
      doubtful.flatMap(([name, first]) => {
        const question = questions[name];
        return question ? [[name, { ...question, first }]] : [];
      }),
    );
  });
}
