/** A backup is proven by restoring it: whatever is wrong with it is found. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type Backup,
  type BackupManifest,
  digestOf,
  sqliteBackup,
} from "../../../../actions/databases/sqlite/backup.ts";
import { readBackup, sqliteProve } from "../../../../actions/databases/sqlite/prove.ts";
import { inStore } from "../../../../release/store.ts";
import { act, temporaryFolder } from "../../../support/context.ts";
import { makeShop, sql } from "../../../support/database.ts";

async function makeBackup(prepare = ""): Promise<{ store: string; backup: Backup; file: string; folder: string }> {
  const database = makeShop();
  if (prepare !== "") sql(database, prepare);
  const { result: backup, store } = await act(sqliteBackup, { database, serving: "v1" }, { rollout: "2-b" });
  const folder = inStore.backup(store, backup.id);
  return { store, backup, folder, file: join(folder, "database.sqlite") };
}
const prove = (store: string, backup: Backup) => act(sqliteProve, {}, { store, needs: { BACKUP: backup } });

/** Writes down another digest, as if the damage had been backed up. */
async function acceptDigest(folder: string, file: string): Promise<void> {
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as BackupManifest;
  writeFileSync(path, JSON.stringify({ ...manifest, digest: await digestOf(file) }));
}

test("a whole backup is proven, which is kept with it, and no scratch database is left", async () => {
  const { store, backup, folder } = await makeBackup();
  const { result, told } = await prove(store, backup);
  expect(result).toEqual({ ...backup, proven: true });
  expect(told).toEqual(["backup 2-b-v1 restored and compared: 5 rows in 2 tables"]);
  const { provenAt = "" } = readBackup(store, backup.id);
  expect(Date.now() - Date.parse(provenAt)).toBeLessThan(10_000);
  expect(readdirSync(folder).sort()).toEqual(["database.sqlite", "manifest.json"]);
  expect(readdirSync(inStore.backups(store))).toEqual([backup.id]);
});

test("the scratch database of a proof that was killed is in nobody's way", async () => {
  const { store, backup } = await makeBackup();
  mkdirSync(inStore.backup(store, "scratch.part"));
  writeFileSync(join(inStore.backup(store, "scratch.part"), "database.sqlite"), "half");
  expect((await prove(store, backup)).result).toEqual({ ...backup, proven: true });
  expect(readdirSync(inStore.backups(store))).toEqual([backup.id]);
});

test("that there was no database is proven by having seen it", async () => {
  const none = { id: "none", digest: "", schema: "0000" };
  expect((await prove(temporaryFolder(), none)).result).toEqual({ ...none, proven: true });
});

test("a backup that was changed after it was taken is refused", async () => {
  const { store, backup, file } = await makeBackup();
  const bytes = readFileSync(file);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const digest = await digestOf(file);
  await expect(prove(store, backup)).rejects.toThrow(
    `backup 2-b-v1: is damaged: its digest is ${digest}, it was taken with ${backup.digest}`,
  );
  expect(readBackup(store, backup.id).provenAt).toBeUndefined();
});

test("a database that is damaged inside is refused with SQLite's own words", async () => {
  const indexed = "CREATE INDEX by_name ON customers (name); INSERT INTO customers VALUES (3, 'needle')";
  const { store, backup, file, folder } = await makeBackup(indexed);
  // Another name in the table than in its index: every page is whole, and the database is not.
  const bytes = readFileSync(file);
  bytes.write("noodle", bytes.lastIndexOf("needle"));
  writeFileSync(file, bytes);
  await acceptDigest(folder, file);
  await expect(prove(store, backup)).rejects.toThrow("backup 2-b-v1: is damaged: row 3 missing from index by_name");
});

test("rows that refer to rows that are not there are refused", async () => {
  const { store, backup } = await makeBackup("PRAGMA foreign_keys = OFF; DELETE FROM customers WHERE id = 2;");
  await expect(prove(store, backup)).rejects.toThrow("backup 2-b-v1: 2 rows refer to rows that are not there");
});

test("one that restores to other rows than it was taken from is refused", async () => {
  const { store, backup, folder, file } = await makeBackup();
  const other = makeShop();
  sql(other, "UPDATE customers SET name = 'Cy' WHERE id = 1; PRAGMA wal_checkpoint(TRUNCATE);");
  copyFileSync(other, file);
  await acceptDigest(folder, file);
  await expect(prove(store, backup)).rejects.toThrow("backup 2-b-v1: restores to other rows than it was taken from");
});

test("a backup that is not in the store is refused", async () => {
  const { store, backup, folder } = await makeBackup();
  rmSync(folder, { recursive: true });
  await expect(prove(store, backup)).rejects.toThrow(`backup 2-b-v1: is not in the store ${store}`);
});
