import * as pulumi from "@pulumi/pulumi";
import type { ProvenBackup } from "../actions/databases/sqlite/prove.ts";
import type { PreparedProof } from "./prepare.ts";
import { type Proof, prove } from "./proof.ts";
import type { Database } from "./sqlite.ts";
import { type Scope, step } from "./step.ts";

export type BackupProof = Proof<"backup", ProvenBackup>;

export interface BackupArgs {
  readonly scope: Scope;
  readonly database: Database;
  /** Taken when the release is in place: as late as can be, so that little is written after it. */
  readonly prepared: PreparedProof;
  /** The release that serves while it is taken, `none` for none. */
  readonly serving: string;
}

/**
 * Takes a backup and proves it by restoring it into a scratch database. Its proof is what `Schema` asks for.
 * Killed inside: the database is not touched, and what is not proven is never restored; run the same command again: it is
 * taken again, or proven again.
 */
export class Backup extends pulumi.ComponentResource {
  readonly proof: BackupProof;

  constructor(
    name: string,
    { scope, database, prepared, serving }: BackupArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("switchback:index:Backup", name, { database: database.name, provenBy: "restoring it" }, opts);
    const taken = step(`${name}-take`, database.backup(serving), scope, { parent: this, needs: {}, after: [prepared] });
    const proven = step(`${name}-prove`, database.prove, scope, { parent: this, needs: { BACKUP: taken.result } });
    this.proof = prove(proven.result, proven.resource);
    this.registerOutputs({ backup: proven.result.apply((result) => result.id) });
  }
}
