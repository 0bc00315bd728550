import type { DatabaseSync } from "node:sqlite";
import { Refusal, Transient } from "../../action.ts";
import { appliedTo, ensureTable } from "./applied.ts";
import type { Script } from "./files.ts";

/**
 * Applies what is not applied yet, all in one transaction: the schema is the old one or the new one, never half of it.
 * Returns the revisions it applied. Errors: a script's own, or another script was applied under the same revision.
 */
export function applyUp(database: DatabaseSync, scripts: readonly Script[], fence: () => void): string[] {
  return inTransaction(database, fence, () => {
    ensureTable(database);
    const applied = new Map(appliedTo(database).map((one) => [one.revision, one]));
    const missing = scripts.filter((script) => {
      const known = applied.get(script.revision);
      if (known && known.digest !== script.digest) {
        throw new Refusal(
          `migration ${script.revision}_${script.name}: another one, ${known.name}, was applied under this revision. Give the new one a new number.`,
        );
      }
      return !known;
    });
    for (const script of missing) {
      run(database, script.up, `${script.revision}_${script.name}.up.sql`);
      database
        .prepare("INSERT INTO switchback_migrations VALUES (?, ?, ?, ?, ?, ?, ?)")
        .run(
          script.revision,
          script.name,
          script.digest,
          new Date().toISOString(),
          script.down,
          script.wayBack,
          script.change,
        );
    }
    return missing.map((script) => script.revision);
  });
}

/** Takes back the given revisions, newest first, as far as they are applied, in one transaction. Returns those it took back. */
export function applyDown(database: DatabaseSync, revisions: readonly string[], fence: () => void): string[] {
  return inTransaction(database, fence, () => {
    const wanted = appliedTo(database)
      .filter((one) => revisions.includes(one.revision))
      .reverse();
    for (const { revision, name, down } of wanted) {
      if (down === "")
        throw new Refusal(
          `migration ${revision}_${name} has no way down. Restore the backup that was taken before it.`,
        );
      run(database, down, `${revision}_${name}.down.sql`);
      database.prepare("DELETE FROM switchback_migrations WHERE revision = ?").run(revision);
    }
    return wanted.map((one) => one.revision);
  });
}

function run(database: DatabaseSync, sql: string, file: string): void {
  try {
    database.exec(sql);
  } catch (error) {
    throw new Refusal(`${file}: ${error instanceof Error ? error.message : String(error)}. Nothing of it was kept.`);
  }
  if (!database.isTransaction)
    throw new Refusal(
      `${file}: ends the transaction it runs in. Take COMMIT or ROLLBACK out of it, then look at what it did.`,
    );
}

/**
 * While tables are rebuilt references are not enforced, as SQLite advises: dropping the old table would take along the
 * rows that refer to it. They are counted before the transaction ends.
 *
 * The fence is passed while nobody else can write, first and last: who slept in between keeps nothing of what it did.
 */
function inTransaction<T>(database: DatabaseSync, fence: () => void, act: () => T): T {
  database.exec("PRAGMA foreign_keys = OFF");
  begin(database);
  try {
    fence();
    const before = countOrphans(database);
    const result = act();
    const orphans = countOrphans(database) - before;
    if (orphans > 0)
      throw new Refusal(
        `the migrations leave ${orphans} rows that refer to rows that are not there. Nothing was kept.`,
      );
    fence();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  } finally {
    database.exec("PRAGMA foreign_keys = ON");
  }
}

const busy = 5;

/** Errors: `Transient` when others have been writing for longer than the connection waits. */
function begin(database: DatabaseSync): void {
  try {
    database.exec("BEGIN IMMEDIATE");
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== busy) throw error;
    throw new Transient("the database is locked: something has been writing to it all the time");
  }
}

const countOrphans = (database: DatabaseSync): number => database.prepare("PRAGMA foreign_key_check").all().length;
