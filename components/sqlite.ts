import { type Backup, sqliteBackup } from "../actions/databases/sqlite/backup.ts";
import { type ProvenBackup, sqliteProve } from "../actions/databases/sqlite/prove.ts";
import { sqliteRestore } from "../actions/databases/sqlite/restore.ts";
import type { Schema } from "../actions/migrations/sql-files/schema.ts";
import { call, type Planned, written } from "./call.ts";

/** A kind of database: how it is backed up, proven and restored. */
export interface Database {
  readonly name: string;
  readonly backup: (serving: string) => Planned<unknown, Backup>;
  readonly prove: Planned<{ BACKUP: Backup }, ProvenBackup>;
  /** Without an id: restores the backup of this rollout, and only if nothing written since is lost. */
  readonly restore: (maintenance: Planned, backup?: string) => Planned<{ BACKUP?: ProvenBackup }, Schema>;
}

/** An SQLite database in a file, from the project's folder. */
export function sqlite(path: string): Database {
  return {
    name: `SQLite ${path}`,
    backup: (serving) => call(sqliteBackup, { database: path, serving }),
    prove: call(sqliteProve, {}),
    restore: (maintenance, backup) =>
      call(sqliteRestore, {
        database: path,
        backup,
        onlyWithoutLoss: backup === undefined,
        maintenance: written(maintenance),
      }),
  };
}
