/** Backups of a database in use, and what lies beside them. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { type BackupManifest, copyTo, digestOf, sqliteBackup } from "../../../../actions/databases/sqlite/backup.ts";
import { inStore } from "../../../../release/store.ts";
import { act, temporaryFolder, until } from "../../../support/context.ts";
import { makeShop, names, rows, sql } from "../../../support/database.ts";

const manifestOf = (store: string, id: string): BackupManifest =>
  JSON.parse(readFileSync(join(inStore.backup(store, id), "manifest.json"), "utf8")) as BackupManifest;

test("a backup is a copy as of one moment, while others write; it describes itself", async () => {
  const database = makeShop();
  const writer = new DatabaseSync(database);
  onTestFinished(() => {
    writer.close();
  });
  writer.exec("BEGIN; INSERT INTO customers VALUES (3, 'not yet')");
  const { result, store, told } = await act(sqliteBackup, { database, serving: "v1" }, { rollout: "2-b" });
  const file = join(inStore.backup(store, "2-b-v1"), "database.sqlite");
  expect(names(file)).toEqual(["Ann", "Bo"]);
  const { takenAt, sizeBytes, content, ...rest } = manifestOf(store, "2-b-v1");
  expect(result).toEqual({ id: "2-b-v1", digest: await digestOf(file), schema: "0000" });
  expect(rest).toEqual({ ...result, release: "v1", rollout: "2-b" });
  expect(Object.entries(content).map(([table, { rows }]) => [table, rows])).toEqual([
    ["customers", 2],
    ["orders", 3],
  ]);
  expect([readFileSync(file).length, Date.now() - Date.parse(takenAt) < 10_000]).toEqual([sizeBytes, true]);
  expect(told).toEqual([`backup 2-b-v1: ${sizeBytes} bytes, schema 0000`]);
  writer.exec("COMMIT");
  expect(names(database)).toEqual(["Ann", "Bo", "not yet"]);
});

test("without a database there is nothing to back up, and that is said", async () => {
  const { result, told, store } = await act(sqliteBackup, {
    database: join(temporaryFolder(), "none"),
    serving: "none",
  });
  expect(result).toEqual({ id: "none", digest: "", schema: "0000" });
  expect(told).toEqual(["there is no database yet: nothing to back up, nothing to go back to"]);
  expect(readdirSync(store)).toEqual([]);
});

test("a database that is gone while a release serves is no first release", async () => {
  const database = join(temporaryFolder(), "gone.sqlite");
  const store = temporaryFolder();
  await expect(act(sqliteBackup, { database, serving: "v1" }, { store })).rejects.toThrow(
    `${database}: the database is not there, though v1 serves. Is its disk mounted? Nothing was changed. When it is back: switchback up`,
  );
  expect(readdirSync(store)).toEqual([]);
});

test("what killed runs left is cleared away, of other rollouts too; taken again, a backup is the new one", async () => {
  const database = makeShop();
  const store = temporaryFolder();
  mkdirSync(join(store, "backups", "2-b-v1.part"), { recursive: true });
  writeFileSync(join(store, "backups", "2-b-v1.part", "rest"), "half");
  mkdirSync(join(store, "backups", "1-a-v1.part"));
  mkdirSync(join(store, "backups", "scratch.part"));
  writeFileSync(join(store, "backups", "replaced-in-1-a.part"), "half");
  const given = { store, rollout: "2-b" };
  const first = await act(sqliteBackup, { database, serving: "v1" }, given);
  new DatabaseSync(database).exec("DELETE FROM orders");
  const second = await act(sqliteBackup, { database, serving: "v1" }, given);
  expect(readdirSync(join(store, "backups"))).toEqual(["2-b-v1"]);
  expect(readdirSync(join(store, "backups", "2-b-v1")).sort()).toEqual(["database.sqlite", "manifest.json"]);
  expect(second.result.digest).not.toBe(first.result.digest);
});

test.each([0o600, 0o640, 0o644])("a backup of a database of mode %o is read by nobody else", async (mode) => {
  const database = makeShop();
  chmodSync(database, mode);
  const { store } = await act(sqliteBackup, { database, serving: "v1" }, { rollout: "2-b" });
  expect(statSync(join(inStore.backup(store, "2-b-v1"), "database.sqlite")).mode & 0o777).toBe(mode);
});

test("what is no database is an error, and no backup", async () => {
  const database = join(temporaryFolder(), "words");
  writeFileSync(database, "only words, and enough of them to be looked at".repeat(100));
  const store = temporaryFolder();
  await expect(act(sqliteBackup, { database, serving: "v1" }, { store, rollout: "2-b" })).rejects.toThrow(
    "file is not a database",
  );
  expect(readdirSync(join(store, "backups")).filter((name) => !name.endsWith(".part"))).toEqual([]);
});

test("a copy replaces what was there, and connections to either stay good", async () => {
  const [from, to] = [makeShop(), makeShop()];
  const reader = new DatabaseSync(to);
  onTestFinished(() => {
    reader.close();
  });
  new DatabaseSync(from).exec("UPDATE customers SET name = 'Cy' WHERE id = 1");
  await copyTo(from, to);
  expect(
    reader
      .prepare("SELECT name FROM customers")
      .all()
      .map(({ name }) => name),
  ).toEqual(["Cy", "Bo"]);
});

test("what is thrown when the target is locked leaves it as it was, and free", async () => {
  const [from, to] = [makeShop(), makeShop()];
  sql(from, "DELETE FROM orders");
  const no = new Error("no");
  const locked = (): void => {
    throw no;
  };
  await expect(copyTo(from, to, { locked })).rejects.toBe(no);
  sql(to, "INSERT INTO customers VALUES (3, 'Cy')");
  expect([names(to), rows(to, "SELECT count(*) AS n FROM orders")]).toEqual([["Ann", "Bo", "Cy"], [{ n: 3 }]]);
});

test("a copy waits for somebody who writes to its target, and not for ever", async () => {
  const [from, to] = [makeShop(), makeShop()];
  const writer = new DatabaseSync(to);
  onTestFinished(() => {
    writer.close();
  });
  writer.exec("BEGIN IMMEDIATE; UPDATE customers SET name = 'Cy'");
  await expect(copyTo(from, to, { waitSeconds: 0.1 })).rejects.toThrow(
    `${to}: others have been writing to it for 0.1 s`,
  );
  const [began, copying] = [Date.now(), copyTo(from, to)];
  await until("some time", () => Date.now() - began > 100);
  writer.exec("COMMIT");
  await copying;
  expect(names(to)).toEqual(["Ann", "Bo"]);
});
