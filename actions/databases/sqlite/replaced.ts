import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inStore } from "../../../release/store.ts";
import { copyAlone, databaseFile } from "./backup.ts";
import { isSame, open } from "./database.ts";
import { describeLosses, losses } from "./losses.ts";

/** A restore of one rollout: which backup of which store takes the place of which database. */
export interface Restore {
  readonly store: string;
  readonly backup: string;
  readonly rollout: string;
  readonly database: string;
}

/** The database in a backup. */
export const backedUp = ({ store, backup }: Restore): string => join(inStore.backup(store, backup), databaseFile);

/** What a rollout has replaced, oldest first: more than one where it was cut off and others wrote before it went on. */
export function replacedIn(restore: Restore): string[] {
  const kept: string[] = [];
  while (existsSync(nameOf(restore, kept.length + 1))) kept.push(nameOf(restore, kept.length + 1));
  return kept;
}

/**
 * Keeps the database as it is now beside the backup that takes its place. `agree` is told what is lost, with all that the
 * rollout has kept before, and may refuse. Returns that, and the file when it was not kept already.
 * Killed: leaves a `.part` folder that the next backup removes.
 */
export async function keep(
  restore: Restore,
  agree: (lost: string) => void,
): Promise<{ readonly lost: string; readonly made?: string }> {
  const before = replacedIn(restore);
  const part = `${inStore.backup(restore.store, `replaced-in-${restore.rollout}`)}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  try {
    const copy = join(part, databaseFile);
    await copyAlone(restore.database, copy);
    const lost = await lossesOfRestoring([...before, copy], backedUp(restore));
    agree(lost);
    const last = before.at(-1);
    if (last !== undefined && (await isSame(last, copy))) return { lost };
    const made = nameOf(restore, before.length + 1);
    renameSync(copy, made);
    // A power cut may not take away the name of what is about to be replaced.
    syncFolder(inStore.backup(restore.store, restore.backup));
    return { lost, made };
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** What is lost in words, `no rows` for none, where a backup takes the place of what was in these files. */
export async function lossesOfRestoring(replaced: readonly string[], backupFile: string): Promise<string> {
  const readOnly = { readOnly: true };
  const then = await open(backupFile, readOnly);
  const all = await Promise.all(replaced.map((file) => open(file, readOnly)));
  try {
    return describeLosses(losses(all, then));
  } finally {
    for (const database of [...all, then]) database.close();
  }
}

function nameOf({ store, backup, rollout }: Restore, number: number): string {
  const which = number === 1 ? rollout : `${rollout}-${number}`;
  return join(inStore.backup(store, backup), `replaced-in-${which}.sqlite`);
}

function syncFolder(folder: string): void {
  const opened = openSync(folder, "r");
  fsyncSync(opened);
  closeSync(opened);
}
