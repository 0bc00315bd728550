import * as pulumi from "@pulumi/pulumi";
import type { ProvenBackup } from "../actions/databases/sqlite/prove.ts";
import type { BackupProof } from "./backup.ts";
import { prove } from "./proof.ts";

/**
 * The one way round a backup, written out where reviewers see it: `withoutBackup("rebuilt", "the database is rebuilt
 * nightly")`. A release that can only go back by a restore then has no way back.
 */
export function withoutBackup(name: string, reason: string, opts?: pulumi.ComponentResourceOptions): BackupProof {
  const waiver = new BackupWaiver(name, reason, opts);
  return prove(pulumi.output<ProvenBackup>({ id: "none", digest: "", schema: "0000", proven: true }), waiver);
}

class BackupWaiver extends pulumi.ComponentResource {
  constructor(name: string, reason: string, opts?: pulumi.ComponentResourceOptions) {
    if (reason.trim() === "") throw new pulumi.RunError(`${name}: a pipeline without a backup says why`);
    super("switchback:index:BackupWaiver", name, { reason }, opts);
    this.registerOutputs({ reason });
  }
}
