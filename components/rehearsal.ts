import * as pulumi from "@pulumi/pulumi";
import { rehearse } from "../actions/migrations/sql-files/rehearse.ts";
import type { Plan } from "../release/plan.ts";
import type { BackupProof } from "./backup.ts";
import { call, written } from "./call.ts";
import type { Environment } from "./environment.ts";
import type { PreparedProof } from "./prepare.ts";
import { prove } from "./proof.ts";
import { type Checks, gated, patienceOf, questionsOf } from "./question.ts";
import { maintenanceBypass, type Platform } from "./servers.ts";
import type { GoProof } from "./smoke.ts";
import type { MigrationTool } from "./sql-files.ts";
import { type Scope, step } from "./step.ts";

export interface RehearsalArgs {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly plan: Plan;
  readonly platform: Platform;
  readonly migrations: MigrationTool;
  readonly prepared: PreparedProof;
  /** Nothing touches a schema without a backup that was restored and compared. */
  readonly backup: BackupProof;
  /** The release serves and is well. */
  readonly go: GoProof;
  /** What must hold while the migrations are taken back, asked under maintenance: the old column is there again. */
  readonly between: Checks;
  /** What must hold after the round trip, such as the tests that are safe to run here. At least one. */
  readonly after: Checks;
  /** Secrets that the checks need. Default: none. */
  readonly secrets?: readonly string[];
  /** Whether the rollout ends here. */
  readonly last: boolean;
}

/** Whether a release has migrations that its way back takes down. */
export const canRehearse = ({ direction, undo }: Plan): boolean =>
  direction === "forward" && [...undo.before, ...undo.after].length > 0;

/**
 * Practises the way back of a release's migrations where it does no harm: down and up again, with a look in between and
 * one after it. For staging: the application is under maintenance meanwhile.
 * Killed inside: the round trip goes on to its end by itself, a power cut leaves the maintenance page, which ends by
 * itself; run the same command again: what is missing is applied, then the round trip begins anew.
 */
export class Rehearsal extends pulumi.ComponentResource {
  readonly proof: GoProof;

  constructor(name: string, args: RehearsalArgs, opts?: pulumi.ComponentResourceOptions) {
    const { environment, scope, plan, platform, migrations } = args;
    const revisions = [...plan.undo.before, ...plan.undo.after];
    super("switchback:index:Rehearsal", name, { downAndUp: revisions, checks: Object.keys(args.after) }, opts);
    const { config } = environment;
    const brought = [plan.before, plan.after].flatMap((work) => (work.kind === "up" ? work.migrations : []));
    const roundTrip = call(rehearse, {
      database: config.database.path,
      beginMaintenance: written(platform.beginMaintenance),
      endMaintenance: written(platform.endMaintenance),
      down: written(migrations.down(revisions)),
      up: written(migrations.up(brought)),
      between: questionsOf(args.between, scope.release, config),
      patience: patienceOf(config),
    });
    const secrets = environment.secretsNamed(args.secrets ?? []);
    const rehearsed = step(`${name}-round-trip`, roundTrip, scope, {
      ...{ parent: this, after: [args.go] },
      needs: { PREPARED: args.prepared.value, BACKUP: args.backup.value },
      secrets: { ...secrets, ...environment.secretsNamed([maintenanceBypass]) },
    });
    const behind = { parent: this, secrets, after: [prove(rehearsed.result, rehearsed.resource)], last: args.last };
    const passed = gated(name, args.after, { scope, config }, behind);
    this.proof = prove(passed.result, passed.resource);
    this.registerOutputs({ rehearsed: rehearsed.result.apply((result) => result.down) });
  }
}
