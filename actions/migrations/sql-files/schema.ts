import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Context, Refusal } from "../../action.ts";
import { reason } from "../../check.ts";
import type { Backup } from "../../databases/sqlite/backup.ts";
import { fenceOf, open } from "../../databases/sqlite/database.ts";
import { Fenced, passFence } from "../../fence.ts";
import type { Serving } from "../../platforms/servers/activate.ts";
import { revisionOf } from "./applied.ts";

/** The schema as a step left it. */
export interface Schema {
  readonly revision: string;
  /** What the step did, for people: `applied 0002`. */
  readonly did: string;
  /** What went wrong behind the switch, where a step may no longer fail. Absent when all is well. */
  readonly wrong?: string;
}

export interface SchemaNeeds {
  /** Behind the switch: what serves. Absent before it. */
  readonly SERVING?: Serving;
  /** What was backed up; its id is `none` where there was no database yet. Absent where nothing was. */
  readonly BACKUP?: Pick<Backup, "id" | "schema">;
}

/**
 * Works on the database's schema. Before the switch an error is an error. Behind it the world has changed already: the
 * step records what is true, and the decision behind it takes the release back. Nothing is done for a release that was
 * taken back meanwhile, and no database is made in the place of one that is gone. Errors: also `Fenced`, behind the
 * switch too.
 */
export async function workOnSchema(
  path: string,
  context: Context,
  { SERVING: serving, BACKUP: backup }: SchemaNeeds,
  work: (database: DatabaseSync, fence: () => void) => string,
): Promise<Schema> {
  const fence = (): void => {
    passFence(fenceOf(path), path, context);
  };
  if (backup !== undefined && backup.id !== "none" && !existsSync(path)) {
    const wrong = `${path}: the database is not there, though backup ${backup.id} was taken of it. Is its disk mounted? When it is back: switchback up`;
    if (!serving) throw new Refusal(wrong);
    return { revision: backup.schema, did: "nothing", wrong };
  }
  mkdirSync(dirname(path), { recursive: true });
  const database = await open(path);
  try {
    if (serving && serving.release !== context.release)
      return { revision: revisionOf(database), did: `nothing: ${serving.release} serves` };
    try {
      const did = work(database, fence);
      return { revision: revisionOf(database), did };
    } catch (error) {
      if (!serving || error instanceof Fenced) throw error;
      return { revision: revisionOf(database), did: "nothing", wrong: reason(error) };
    }
  } finally {
    database.close();
  }
}
