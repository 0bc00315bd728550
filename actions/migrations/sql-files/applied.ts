import type { DatabaseSync } from "node:sqlite";
import { open, tablesOf } from "../../databases/sqlite/database.ts";

/** A migration as the database remembers it: with its way down, whatever becomes of the release's files. */
export interface Applied {
  readonly revision: string;
  readonly name: string;
  readonly digest: string;
  readonly down: string;
}

/** Revision of a database nothing was applied to. */
export const emptyRevision = "0000";

export function ensureTable(database: DatabaseSync): void {
  database.exec(
    "CREATE TABLE IF NOT EXISTS switchback_migrations (revision TEXT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, " +
      "applied_at TEXT NOT NULL, down_sql TEXT NOT NULL, way_back TEXT NOT NULL, change TEXT NOT NULL)",
  );
}

/** What was applied, in the order of revisions. */
export function appliedTo(database: DatabaseSync): Applied[] {
  if (!tablesOf(database).includes("switchback_migrations")) return [];
  return database
    .prepare("SELECT revision, name, digest, down_sql AS down FROM switchback_migrations ORDER BY revision")
    .all() as unknown as Applied[];
}

export const revisionOf = (database: DatabaseSync): string => appliedTo(database).at(-1)?.revision ?? emptyRevision;

/** Revisions applied to the database in a file. */
export async function appliedRevisions(path: string): Promise<string[]> {
  const database = await open(path, { readOnly: true });
  try {
    return appliedTo(database).map((one) => one.revision);
  } finally {
    database.close();
  }
}
