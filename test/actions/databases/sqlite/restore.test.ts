/** Restoring a proven backup into a database in use. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { sqliteBackup } from "../../../../actions/databases/sqlite/backup.ts";
import { readBackup, sqliteProve } from "../../../../actions/databases/sqlite/prove.ts";
import { lossesOfRestoring, sqliteRestore } from "../../../../actions/databases/sqlite/restore.ts";
import { call } from "../../../../components/call.ts";
import { inStore } from "../../../../release/store.ts";
import { act, type Given } from "../../../support/context.ts";
import { makeShop, names, sql } from "../../../support/database.ts";
import { hostFolder } from "../../../support/hosts.ts";

async function makeBackup(proven = true) {
  const [database, directory] = [makeShop(), hostFolder()];
  const { result: backup, store } = await act(sqliteBackup, { database, serving: "v1" }, { rollout: "2-b" });
  if (proven) await act(sqliteProve, {}, { store, needs: { BACKUP: backup } });
  const hosts = [{ name: "web-1", directory, address: "http://127.0.0.1:1" }];
  const page = { hosts, minutes: 5, message: "Back soon", bypass: "BYPASS" };
  const maintenance = { action: "actions/platforms/servers/begin-maintenance", args: page };
  const folder = inStore.backup(store, backup.id);
  return {
    ...{ database, store, backup, folder, page: join(directory, "maintenance.json") },
    restore: (differing: object = {}, given: Partial<Given<object>> = {}) =>
      act(
        sqliteRestore,
        { database, backup: backup.id, onlyWithoutLoss: false, maintenance, ...differing },
        {
          ...{ store, needs: {}, rollout: "3-c", secrets: { BYPASS: "let me in" } },
          ...given,
        },
      ),
  };
}

test("the database is as it was, what is lost is counted, and what was replaced is kept", async () => {
  const { database, folder, page, restore, store } = await makeBackup();
  sql(database, "INSERT INTO customers VALUES (3, 'Cy'); UPDATE orders SET price = 7 WHERE id < 3;");
  const { result, told } = await restore();
  const lost = "1 row of customers, 2 rows of orders";
  expect(result).toEqual({ revision: "0000", did: `restored backup 2-b-v1, lost ${lost}` });
  expect(told.at(-1)).toBe(
    `schema 0000: restored backup 2-b-v1, taken ${readBackup(store, "2-b-v1").takenAt}; lost: ${lost}`,
  );
  expect(names(database)).toEqual(["Ann", "Bo"]);
  expect(names(join(folder, "replaced-in-3-c.sqlite"))).toEqual(["Ann", "Bo", "Cy"]);
  expect(existsSync(page)).toBe(true);
});

test("run again after it was cut off, it counts and keeps what was replaced the first time", async () => {
  const { database, folder, restore } = await makeBackup();
  sql(database, "INSERT INTO customers VALUES (3, 'Cy')");
  const first = await restore();
  const second = await restore();
  expect(second.result).toEqual(first.result);
  expect(names(join(folder, "replaced-in-3-c.sqlite"))).toEqual(["Ann", "Bo", "Cy"]);
});

test("without an id the backup of this very rollout is restored", async () => {
  const { database, backup, restore } = await makeBackup();
  sql(database, "DELETE FROM orders; DELETE FROM customers");
  const needs = { BACKUP: { ...backup, proven: true as const } };
  expect((await restore({ backup: undefined }, { needs })).result.did).toBe(
    "restored backup 2-b-v1, lost 2 deleted rows of customers would be back, 3 deleted rows of orders would be back",
  );
  expect(names(database)).toEqual(["Ann", "Bo"]);
  await expect(restore({ backup: undefined })).rejects.toThrow(/^backup none: is not in the store /);
});

test("where rows would be lost and nobody agreed, nothing is restored, and maintenance stays on", async () => {
  const { database, page, restore } = await makeBackup();
  sql(database, "INSERT INTO customers VALUES (3, 'Cy')");
  await expect(restore({ onlyWithoutLoss: true })).rejects.toThrow(
    "restoring backup 2-b-v1 would lose 1 row of customers: a person has to decide. Maintenance is on.",
  );
  expect(names(database)).toEqual(["Ann", "Bo", "Cy"]);
  const { message, until } = JSON.parse(readFileSync(page, "utf8")) as { message: string; until: string };
  expect([message, Date.parse(until) > Date.now()]).toEqual(["Back soon", true]);
});

test("a backup that was never proven, is damaged, or is not there changes nothing at all", async () => {
  const unproven = await makeBackup(false);
  await expect(unproven.restore()).rejects.toThrow("backup 2-b-v1: was never proven, and is not restored");
  const { database, folder, page, restore, store } = await makeBackup();
  sql(database, "INSERT INTO customers VALUES (3, 'Cy')");
  writeFileSync(join(folder, "database.sqlite"), "words");
  await expect(restore()).rejects.toThrow("backup 2-b-v1: is damaged, and is not restored");
  await expect(restore({ backup: "9-x-v1" })).rejects.toThrow(`backup 9-x-v1: is not in the store ${store}`);
  expect([names(database), existsSync(page), existsSync(unproven.page)]).toEqual([["Ann", "Bo", "Cy"], false, false]);
});

test("a database that was lost is restored, and there is nothing to keep", async () => {
  const { database, folder, restore } = await makeBackup();
  for (const end of ["", "-wal", "-shm"]) rmSync(database + end, { force: true });
  expect((await restore()).result.did).toBe("restored backup 2-b-v1, lost no rows");
  expect([names(database), existsSync(join(folder, "replaced-in-3-c.sqlite"))]).toEqual([["Ann", "Bo"], false]);
});

test("an application that runs on the database sees the restored content as a whole", async () => {
  const { database, restore } = await makeBackup();
  sql(database, "INSERT INTO customers VALUES (3, 'Cy')");
  const code = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
const query = database.prepare("SELECT group_concat(name) AS names FROM customers");
process.stdin.on("data", () => console.log(query.get().names)).on("end", () => process.exit());
console.log(query.get().names);`;
  const application = spawn(process.execPath, ["-e", code, database], { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => void application.kill("SIGKILL"));
  const lines = createInterface({ input: application.stdout })[Symbol.asyncIterator]();
  expect(await lines.next()).toEqual({ done: false, value: "Ann,Bo,Cy" });
  await restore();
  application.stdin.write("again\n");
  expect(await lines.next()).toEqual({ done: false, value: "Ann,Bo" });
});

test("losses of a restore are told without restoring", async () => {
  const { database, folder } = await makeBackup();
  sql(database, "DELETE FROM orders WHERE id = 1; INSERT INTO customers VALUES (3, 'Cy')");
  expect(await lossesOfRestoring(database, join(folder, "database.sqlite"))).toBe(
    "1 row of customers, 1 deleted row of orders would be back",
  );
  expect(
    call(sqliteRestore, { database, onlyWithoutLoss: true, maintenance: { action: "a", args: {} } }).survives,
  ).toBe(true);
});
