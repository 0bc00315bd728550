/** Restoring a proven backup into a database in use. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { sqliteBackup } from "../../../../actions/databases/sqlite/backup.ts";
import { readBackup, sqliteProve } from "../../../../actions/databases/sqlite/prove.ts";
import { sqliteRestore } from "../../../../actions/databases/sqlite/restore.ts";
import { call } from "../../../../components/call.ts";
import { inStore } from "../../../../release/store.ts";
import { act, type Given, until } from "../../../support/context.ts";
import { makeShop, names, sql } from "../../../support/database.ts";
import { hostFolder } from "../../../support/hosts.ts";

const keptIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith("replaced-in-") && name.endsWith(".sqlite"))
    .sort();

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

test.each([true, false])(
  "done once, it is done: what was written since stays (only without loss: %s)",
  async (onlyWithoutLoss) => {
    const { database, folder, page, restore } = await makeBackup();
    const first = await restore();
    sql(database, "INSERT INTO customers VALUES (3, 'Dee')");
    rmSync(page);
    const again = await restore({ onlyWithoutLoss });
    expect(again.result).toEqual({ ...first.result, did: "restored backup 2-b-v1, lost no rows" });
    expect(names(database)).toEqual(["Ann", "Bo", "Dee"]);
    expect([keptIn(folder), existsSync(page)]).toEqual([[], true]);
  },
);

test("done once, and then given another structure, it is done again, with what that loses", async () => {
  const { database, folder, restore } = await makeBackup();
  sql(database, "INSERT INTO customers VALUES (3, 'Cy')");
  await restore();
  sql(database, "INSERT INTO customers VALUES (4, 'Dee'); ALTER TABLE customers ADD COLUMN nick TEXT");
  const refused = restore({ onlyWithoutLoss: true });
  await expect(refused).rejects.toThrow("would lose 2 rows of customers: a person has to decide");
  expect([names(database), keptIn(folder)]).toEqual([["Ann", "Bo", "Dee"], ["replaced-in-3-c.sqlite"]]);
  expect((await restore()).result.did).toBe("restored backup 2-b-v1, lost 2 rows of customers");
  expect(names(database)).toEqual(["Ann", "Bo"]);
  expect(keptIn(folder)).toEqual(["replaced-in-3-c-2.sqlite", "replaced-in-3-c.sqlite"]);
  expect(names(join(folder, "replaced-in-3-c-2.sqlite"))).toEqual(["Ann", "Bo", "Dee"]);
});

test.each(["WAL", "DELETE"])(
  "who still writes when it begins is waited for, kept and counted (journal: %s)",
  async (mode) => {
    const { database, folder, restore } = await makeBackup();
    sql(database, `PRAGMA journal_mode = ${mode}; INSERT INTO customers VALUES (3, 'Cy')`);
    const straggler = new DatabaseSync(database, { timeout: 5000 });
    straggler.exec("BEGIN IMMEDIATE; INSERT INTO customers VALUES (4, 'Dee')");
    const restoring = restore();
    await until("it was kept", () => keptIn(folder).length > 0);
    straggler.exec("COMMIT");
    straggler.close();
    const { result, told } = await restoring;
    expect(result.did).toBe("restored backup 2-b-v1, lost 2 rows of customers");
    const [kept = "none", ...others] = keptIn(folder).map((name) => join(folder, name));
    expect([names(database), names(kept), others]).toEqual([["Ann", "Bo"], ["Ann", "Bo", "Cy", "Dee"], []]);
    expect(told.filter((line) => line.startsWith("the database"))).toEqual([
      `the database as it was is kept in ${kept}; restoring loses 1 row of customers`,
      `the database as it was is kept in ${kept}; restoring loses 2 rows of customers`,
    ]);
  },
);

test("where others write between every copy and its replacement, it gives up and changes nothing", async () => {
  const { database, folder, restore } = await makeBackup();
  const busy = setInterval(() => {
    try {
      sql(database, "INSERT INTO customers (name) VALUES ('Busy')");
    } catch {
      // Locked just now: the next one gets in.
    }
  }, 0);
  const fails = expect(restore()).rejects.toThrow(
    `${database}: others go on writing to it under maintenance, and what they write would be lost. It was not restored. Stop them, then run the same command again`,
  );
  await fails.finally(() => {
    clearInterval(busy);
  });
  expect([names(database).length > 6, keptIn(folder)]).toEqual([true, []]);
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

test("a restore goes on when the engine is killed", () => {
  expect(
    call(sqliteRestore, { database: "d", onlyWithoutLoss: true, maintenance: { action: "a", args: {} } }).survives,
  ).toBe(true);
});
