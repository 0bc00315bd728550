import { DatabaseSync } from "node:sqlite";

/** Keeps the garbage collector from closing the file, and with it the lock. */
const held = new Set<DatabaseSync>();

/** Takes a lock that the operating system releases when this process ends, however it ends; undefined if another has it.
 * An SQLite file is the only such lock Node has: a pid file would have to be judged after a crash. */
export function takeLock(file: string, patienceMilliseconds: number): { release: () => void } | undefined {
  const database = new DatabaseSync(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${patienceMilliseconds}; BEGIN EXCLUSIVE`);
    held.add(database);
    return {
      release: () => {
        held.delete(database);
        database.close();
      },
    };
  } catch {
    database.close();
    return undefined;
  }
}

/** Whoever looks holds the lock for a moment himself. */
export function isLocked(file: string): boolean {
  const lock = takeLock(file, 0);
  lock?.release();
  return lock === undefined;
}
