import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { inStore } from "../../../release/store.ts";
import { defineAction, Refusal } from "../../action.ts";
import { removeUnfinished } from "../../files.ts";
import { revisionOf } from "../../migrations/sql-files/applied.ts";
import { type Content, contentOf, open } from "./database.ts";

/** A backup taken, not yet proven. */
export interface Backup {
  /** Its folder in the store; `none` when there was no database yet. */
  readonly id: string;
  readonly digest: string;
  readonly schema: string;
}

/** What lies beside every backup, so that it is found and understood without any state. */
export interface BackupManifest extends Backup {
  readonly release: string;
  readonly rollout: string;
  readonly takenAt: string;
  readonly sizeBytes: number;
  readonly content: Content;
  /** When it was restored and compared; absent for a backup nobody has proven. */
  readonly provenAt?: string;
}

export const databaseFile = "database.sqlite";
export const manifestFile = "manifest.json";
/** What is being made in the folder of backups, or was when it was killed. */
export const isUnfinished = (name: string): boolean => name.endsWith(".part");

interface Args {
  readonly database: string;
  /** The release that serves while it is taken, `none` for none. */
  readonly serving: string;
}

/**
 * Takes a consistent copy of the running database into the store.
 * Killed: leaves a `.part` folder that the next backup removes; no backup that is only half there.
 */
export const sqliteBackup = defineAction<Args, unknown, Backup>(import.meta.url, {
  args: (z) => z.strictObject({ database: z.string().min(1), serving: z.string() }),
  timeoutSeconds: 1800,
  run: async ({ database: path, serving }, context) => {
    if (!existsSync(path) && serving !== "none") {
      throw new Refusal(
        `${path}: the database is not there, though ${serving} serves. Is its disk mounted? Nothing was changed. When it is back: switchback up`,
      );
    }
    if (!existsSync(path)) {
      context.tell("there is no database yet: nothing to back up, nothing to go back to");
      return { id: "none", digest: "", schema: "0000" };
    }
    const id = `${context.rollout}-${serving}`;
    const folder = `${inStore.backup(context.store, id)}.part`;
    removeUnfinished(inStore.backups(context.store), isUnfinished);
    try {
      const manifest = await take({ path, folder, id, serving }, context.rollout);
      rmSync(inStore.backup(context.store, id), { recursive: true, force: true });
      renameSync(folder, inStore.backup(context.store, id));
      context.tell(`backup ${id}: ${manifest.sizeBytes} bytes, schema ${manifest.schema}`);
      return { id, digest: manifest.digest, schema: manifest.schema };
    } catch (error) {
      // A full disk stays full otherwise.
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  },
});

/** Makes a backup's folder with all that is in it. */
async function take(
  { path, folder, id, serving }: { path: string; folder: string; id: string; serving: string },
  rollout: string,
): Promise<BackupManifest> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, databaseFile);
  await copyAlone(path, file);
  const copy = await open(file);
  const about = { schema: revisionOf(copy), content: contentOf(copy) };
  copy.close();
  const manifest: BackupManifest = {
    ...{ id, digest: await digestOf(file), schema: about.schema, release: serving, rollout },
    ...{ takenAt: new Date().toISOString(), sizeBytes: statSync(file).size, content: about.content },
  };
  writeFileSync(join(folder, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

/** The same into one file, whose digest covers all of it: no write-ahead log beside it. */
export async function copyAlone(from: string, to: string): Promise<void> {
  await copyTo(from, to);
  const copy = await open(to);
  copy.exec("PRAGMA journal_mode = DELETE");
  copy.close();
}

interface Copying {
  /** Default: 10. */
  readonly waitSeconds?: number;
  /** Passed before every try. */
  readonly fence?: () => void;
  /** Passed when nobody else can write to `to` any more, and before it is changed. Not for a source of a single page. */
  readonly locked?: () => void;
}

/**
 * Copies a database that is in use, as of one moment, over whatever `to` holds; connections to either stay good. Waits
 * for others that write to `to`. Errors: they do not stop, or those of `fence` and `locked`; `to` is as it was.
 * Killed: `to` is as it was for whoever opens it next with the right to write, or replaced as a whole.
 */
export async function copyTo(
  from: string,
  to: string,
  { waitSeconds = 10, fence, locked }: Copying = {},
): Promise<void> {
  const { backup } = await import("node:sqlite");
  const source = await open(from, { readOnly: true });
  const deadline = performance.now() + waitSeconds * 1000;
  // Nobody may read the copy who may not read what it was made of.
  if (!existsSync(to)) closeSync(openSync(to, "wx", statSync(from).mode & 0o777));
  // Between two parts the target stays locked. One part fits into SQLite's memory: nothing is in the file by then.
  const rate = locked ? Math.min(100, Math.max(1, pagesOf(source) - 1)) : 10_000;
  let isFirst = true;
  const progress = (): void => {
    if (isFirst) locked?.();
    isFirst = false;
  };
  try {
    for (;;) {
      fence?.();
      isFirst = true;
      try {
        await backup(source, to, { rate, progress });
        return;
      } catch (error) {
        if (!isLocked(error)) throw error;
        if (performance.now() > deadline)
          throw new Refusal(`${to}: others have been writing to it for ${waitSeconds} s`);
        await pause(50);
      }
    }
  } finally {
    source.close();
  }
}

const pagesOf = (database: DatabaseSync): number => Number(database.prepare("PRAGMA page_count").get()?.page_count);

/** What Node says when the target is locked: SQLite's codes for that, or an error that is none. */
const isLocked = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && [0, 5, 6].includes(error.errcode as number);

export async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
