/** Migrations applied a second time, on a real database. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { schemaTwice } from "../../../actions/checks/schema-twice.ts";
import { sqlFilesUp } from "../../../actions/migrations/sql-files/up.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { makeShop, rows } from "../../support/database.ts";
import { type Files, notes, tags, writeMigrations } from "../../support/migrations.ts";

const headed = ({ up, down = "" }: Files): Files => ({ up: `-- change: expand\n-- way back: reversible\n${up}`, down });

/** A release with some of its migrations applied. */
async function released(files: Readonly<Record<string, Files>>, applied: number) {
  const database = makeShop();
  const directory = temporaryFolder();
  const migrations = join(directory, "releases/f2/db");
  const all = writeMigrations(migrations, files);
  const host = { name: "web-1", directory, address: "http://127.0.0.1:1" };
  const needs = { PREPARED: { folder: "f2", release: "v2", commit: "c" } };
  await act(sqlFilesUp, { database, host, migrations: "db", apply: all.slice(0, applied) }, { needs });
  return { database, migrations };
}

const asked = async (args: { database: string; migrations: string }) => {
  const { verdict, seen } = (await act(schemaTwice, args)).result;
  return [verdict, seen];
};
const both = { "0002_notes": headed(notes), "0003_tags": headed(tags) };

test("where all is applied, a second time changes nothing", async () => {
  const release = await released(both, 2);
  const words = "2 migrations applied once more: nothing to do, and the schema is the same";
  expect(await asked(release)).toEqual(["pass", words]);
  expect(await asked(release)).toEqual(["pass", words]);
});

test("one that was missing fails, and is applied", async () => {
  const release = await released(both, 1);
  expect(await asked(release)).toEqual(["fail", "0003 had not been applied; it is now"]);
  expect(rows(release.database, "SELECT name FROM pragma_table_info('tags')")).toEqual([{ name: "name" }]);
});

test("another one than was applied under its number cannot be judged", async () => {
  const { database } = await released(both, 2);
  const { migrations } = await released({ ...both, "0003_tags": headed({ ...tags, up: "CREATE TABLE x (y);" }) }, 0);
  expect(await asked({ database, migrations })).toEqual([
    ...["unknown", expect.stringContaining("another one, tags, was applied under this revision") as string],
  ]);
});

test("without a database, a folder, or migrations in it nothing can be told", async () => {
  const { database, migrations } = await released(both, 2);
  const empty = temporaryFolder();
  const none = join(empty, "none");
  expect(await asked({ database: none, migrations })).toEqual(["unknown", `${none}: there is no such database`]);
  expect(await asked({ database, migrations: none })).toEqual(["unknown", `${none}: there is no such folder`]);
  expect(await asked({ database, migrations: empty })).toEqual(["unknown", `${empty}: holds no migration`]);
});

test("names that are empty are refused", () => {
  expect(() => call(schemaTwice, { database: "", migrations: "" })).toThrow("its arguments are wrong");
});
