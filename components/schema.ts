import * as pulumi from "@pulumi/pulumi";
import type { Schema as SchemaState } from "../actions/migrations/sql-files/schema.ts";
import type { SchemaWork } from "../release/plan.ts";
import { inWords } from "../release/summary.ts";
import type { BackupProof } from "./backup.ts";
import type { Environment } from "./environment.ts";
import type { ServingProof } from "./activation.ts";
import type { PreparedProof } from "./prepare.ts";
import { type Proof, prove } from "./proof.ts";
import { maintenanceBypass, type Platform } from "./servers.ts";
import type { MigrationTool } from "./sql-files.ts";
import type { Database } from "./sqlite.ts";
import { type Scope, type Step, step } from "./step.ts";

export type SchemaProof = Proof<"schema", SchemaState>;

export interface SchemaArgs {
  readonly environment: Environment;
  readonly scope: Scope;
  readonly work: SchemaWork;
  readonly database: Database;
  readonly migrations: MigrationTool;
  readonly platform: Platform;
  readonly prepared: PreparedProof;
  /** Nothing touches a schema without a backup that was restored and compared. */
  readonly backup: BackupProof;
  /** Behind the switch: what serves. Default: this is the work before the switch. */
  readonly serving?: ServingProof;
}

/**
 * Brings the schema to where the release needs it, in one of the two places: before the switch, or behind it.
 * Killed inside: the step goes on to its end by itself, a power cut leaves all of it or nothing; run the same command
 * again: what is missing is done.
 */
export class Schema extends pulumi.ComponentResource {
  readonly proof: SchemaProof;

  constructor(name: string, args: SchemaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("switchback:index:Schema", name, { work: inWords(args.work) }, opts);
    const done = workStep(name, args, this);
    this.proof = prove(done.result, done.resource);
    this.registerOutputs({ revision: done.result.apply((result) => result.revision) });
  }
}

function workStep(name: string, args: SchemaArgs, parent: pulumi.Resource): Step<SchemaState> {
  const { work, scope, database, migrations, platform, environment } = args;
  const known = { BACKUP: args.backup.value, ...(args.serving ? { SERVING: args.serving.value } : {}) };
  const after = [args.backup, args.prepared];
  if (work.kind === "up") {
    return step(name, migrations.up(work.migrations), scope, {
      parent,
      after,
      needs: { PREPARED: args.prepared.value, ...known },
    });
  }
  if (work.kind === "down") return step(name, migrations.down(work.revisions), scope, { parent, after, needs: known });
  return step(name, database.restore(platform.beginMaintenance, work.backup), scope, {
    ...{ parent, after, needs: {} },
    secrets: environment.secretsNamed([maintenanceBypass]),
    // A restore is whole or not at all: where it failed, what served still fits its data.
    onFailure: [platform.endMaintenance],
  });
}
