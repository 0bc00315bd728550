import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { assertSchema } from "./schema.ts";

export interface Database {
  /** The connection, seen to fit this release just now: a deployment may change the schema, or restore a backup into the
   * file, while the service runs. For the same reason nobody keeps a prepared statement. */
  use(): DatabaseSync;
  /** Runs `work` as one transaction that has the right to write from its beginning. */
  transaction<T>(work: (database: DatabaseSync) => T): T;
  close(): void;
}

export function openDatabase(file: string): Database {
  let connection: DatabaseSync | undefined;
  const use = () => {
    connection ??= connect(file);
    assertSchema(connection);
    return connection;
  };
  return {
    use,
    transaction: (work) => transaction(use(), work),
    close: () => {
      connection?.close();
      connection = undefined;
    },
  };
}

function connect(file: string): DatabaseSync {
  // SQLite would make an empty database of a misspelt path.
  if (!existsSync(file)) throw new Error(`the database ${file} does not exist`);
  const connection = new DatabaseSync(file);
  connection.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON");
  return connection;
}

function transaction<T>(database: DatabaseSync, work: (database: DatabaseSync) => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work(database);
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
