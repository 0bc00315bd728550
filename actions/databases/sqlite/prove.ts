import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inStore } from "../../../release/store.ts";
import { defineAction, Refusal } from "../../action.ts";
import { writeAtomic } from "../../files.ts";
import { readJson, type Shape } from "../../json-file.ts";
import { type Backup, type BackupManifest, copyTo, databaseFile, digestOf, manifestFile } from "./backup.ts";
import { contentOf, open } from "./database.ts";

/** A backup that was restored, and found whole and equal to what was backed up. */
export interface ProvenBackup extends Backup {
  readonly proven: true;
}

/** Restores a backup into a scratch database, checks its integrity and compares every table with what was taken. */
export const sqliteProve = defineAction<Record<string, never>, { BACKUP: Backup }, ProvenBackup>(import.meta.url, {
  args: (z) => z.strictObject({}),
  timeoutSeconds: 1800,
  run: async (_, context) => {
    const { BACKUP: backup } = context.needs;
    // The first release: that there is no database has been seen, which is all that can be proven.
    if (backup.id === "none") return { ...backup, proven: true };
    const folder = inStore.backup(context.store, backup.id);
    const manifest = readBackup(context.store, backup.id);
    const digest = await digestOf(join(folder, databaseFile));
    if (digest !== manifest.digest)
      throw new Refusal(
        `backup ${backup.id}: is damaged: its digest is ${digest}, it was taken with ${manifest.digest}`,
      );
    // Where backups have room, and where the next backup takes it away should this be killed.
    const scratch = inStore.backup(context.store, "scratch.part");
    rmSync(scratch, { recursive: true, force: true });
    try {
      mkdirSync(scratch, { mode: 0o700 });
      await copyTo(join(folder, databaseFile), join(scratch, databaseFile));
      await inspect(join(scratch, databaseFile), manifest);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    const proven: BackupManifest = { ...manifest, provenAt: new Date().toISOString() };
    writeAtomic(join(folder, manifestFile), `${JSON.stringify(proven, undefined, 2)}\n`);
    const rows = Object.values(manifest.content).reduce((sum, table) => sum + table.rows, 0);
    context.tell(
      `backup ${backup.id} restored and compared: ${rows} rows in ${Object.keys(manifest.content).length} tables`,
    );
    return { ...backup, proven: true };
  },
});

const shape: Shape = {
  id: "string",
  digest: "string",
  schema: "string",
  release: "string",
  rollout: "string",
  takenAt: "string",
  sizeBytes: "number",
  content: { "*": { rows: "number" } },
  "provenAt?": "string",
};

/** Errors: the store has no such backup, or what describes it is damaged. */
export function readBackup(store: string, id: string): BackupManifest {
  const path = join(inStore.backup(store, id), manifestFile);
  const manifest = readJson(path, shape, "Put it back from a copy of the store") as BackupManifest | undefined;
  if (manifest?.id === id) return manifest;
  throw new Refusal(
    manifest === undefined
      ? `backup ${id}: is not in the store ${store}`
      : `${path}: describes the backup ${manifest.id}, not ${id}. Put it back from a copy of the store`,
  );
}

async function inspect(file: string, manifest: BackupManifest): Promise<void> {
  const database = await open(file);
  try {
    // SQLite reports damage as rows and still succeeds: the text is what counts.
    const integrity = database
      .prepare("PRAGMA integrity_check")
      .all()
      .map((row) => row.integrity_check);
    if (integrity[0] !== "ok") throw new Refusal(`backup ${manifest.id}: is damaged: ${String(integrity[0])}`);
    const orphans = database.prepare("PRAGMA foreign_key_check").all().length;
    if (orphans > 0) throw new Refusal(`backup ${manifest.id}: ${orphans} rows refer to rows that are not there`);
    const content = contentOf(database);
    if (JSON.stringify(content) !== JSON.stringify(manifest.content))
      throw new Refusal(`backup ${manifest.id}: restores to other rows than it was taken from`);
  } finally {
    database.close();
  }
}
