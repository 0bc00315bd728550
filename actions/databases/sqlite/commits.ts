import { closeSync, openSync, readSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { open } from "./database.ts";

/** Somebody has committed to a database since it was looked at. */
export class Overtaken extends Error {}

/** A look-out for what others commit to a database. */
export interface Watch {
  /** Errors: `Overtaken`, somebody has committed since the watch began. */
  readonly expectNone: () => void;
  /** Only when nothing of this process has the database locked any more. */
  readonly end: () => void;
}

/**
 * Begins to watch a database for commits. It can be asked, too, when a copy over it has locked out everybody else: what is
 * so then stays so. Whatever a killed writer has left half done is undone first. Errors: it is no database.
 */
export async function watchCommits(path: string): Promise<Watch> {
  const database = await open(path);
  try {
    const { journal_mode: mode } = database.prepare("PRAGMA journal_mode").get() ?? {};
    const { now, end } = mode === "wal" ? ofConnection(database) : ofHeader(path);
    const before = now();
    return {
      expectNone: () => {
        if (now() !== before) throw new Overtaken(`${path}: others have written to it meanwhile`);
      },
      end: () => {
        end();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** With a write-ahead log a connection is told, and may ask while somebody writes. */
const ofConnection = (database: DatabaseSync): { now: () => unknown; end: () => void } => {
  const version = database.prepare("PRAGMA data_version");
  return { now: () => version.get()?.data_version, end: () => undefined };
};

/**
 * Without one nobody may ask while somebody writes, but every commit changes the counter in the file's header. The file
 * stays open to the end: the system takes a process's locks from a file as soon as it closes it once.
 */
function ofHeader(path: string): { now: () => unknown; end: () => void } {
  const file = openSync(path, "r");
  return {
    now: () => {
      const counter = Buffer.alloc(4);
      readSync(file, counter, 0, 4, 24);
      return counter.readUInt32BE();
    },
    end: () => {
      closeSync(file);
    },
  };
}
