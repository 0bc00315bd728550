/** What a restore keeps of what it replaces, and what is lost by it. */
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keep, lossesOfRestoring, replacedIn, type Restore } from "../../../../actions/databases/sqlite/replaced.ts";
import { inStore } from "../../../../release/store.ts";
import { temporaryFolder } from "../../../support/context.ts";
import { makeShop, names, sql } from "../../../support/database.ts";

function makeRestore(): Restore & { readonly folder: string } {
  const store = temporaryFolder();
  const folder = inStore.backup(store, "2-b-v1");
  mkdirSync(folder, { recursive: true });
  makeShop(join(folder, "database.sqlite"));
  sql(join(folder, "database.sqlite"), "PRAGMA journal_mode = DELETE");
  return { store, backup: "2-b-v1", rollout: "3-c", database: makeShop(), folder };
}

const agree = (): void => undefined;

test("the database is kept as one file that nobody else may read, and what is lost is told", async () => {
  const restore = makeRestore();
  chmodSync(restore.database, 0o600);
  sql(restore.database, "INSERT INTO customers VALUES (3, 'Cy')");
  const told: string[] = [];
  const made = join(restore.folder, "replaced-in-3-c.sqlite");
  expect(await keep(restore, (lost) => void told.push(lost))).toEqual({ lost: "1 row of customers", made });
  expect([told, names(made), statSync(made).mode & 0o777]).toEqual([
    ["1 row of customers"],
    ["Ann", "Bo", "Cy"],
    0o600,
  ]);
  expect(readdirSync(restore.folder).sort()).toEqual(["database.sqlite", "replaced-in-3-c.sqlite"]);
  expect(readdirSync(inStore.backups(restore.store))).toEqual(["2-b-v1"]);
});

test("kept already, it is not kept again; when others have written, it is, and both count", async () => {
  const restore = makeRestore();
  sql(restore.database, "INSERT INTO customers VALUES (3, 'Cy')");
  await keep(restore, agree);
  expect(await keep(restore, agree)).toEqual({ lost: "1 row of customers" });
  sql(restore.database, "INSERT INTO customers VALUES (4, 'Dee')");
  const second = join(restore.folder, "replaced-in-3-c-2.sqlite");
  expect(await keep(restore, agree)).toEqual({ lost: "2 rows of customers", made: second });
  expect(replacedIn(restore)).toEqual([join(restore.folder, "replaced-in-3-c.sqlite"), second]);
  expect(replacedIn({ ...restore, rollout: "4-d" })).toEqual([]);
});

test("what is refused is not kept, and what a killed run has left half made is no obstacle", async () => {
  const restore = makeRestore();
  const part = join(inStore.backups(restore.store), "replaced-in-3-c.part");
  mkdirSync(part);
  writeFileSync(join(part, "database.sqlite"), "half");
  const refuse = (): void => {
    throw new Error("no");
  };
  await expect(keep(restore, refuse)).rejects.toThrow("no");
  expect([replacedIn(restore), readdirSync(inStore.backups(restore.store))]).toEqual([[], ["2-b-v1"]]);
});

test("losses of a restore are told without restoring", async () => {
  const { database, folder } = makeRestore();
  sql(database, "DELETE FROM orders WHERE id = 1; INSERT INTO customers VALUES (3, 'Cy')");
  const backup = join(folder, "database.sqlite");
  expect(await lossesOfRestoring([database], backup)).toBe("1 row of customers, 1 deleted row of orders would be back");
  expect(await lossesOfRestoring([], backup)).toBe("no rows");
});
