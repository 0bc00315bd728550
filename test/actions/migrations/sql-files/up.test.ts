/** Migrations of a prepared release, applied from its own files. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sqlFilesUp } from "../../../../actions/migrations/sql-files/up.ts";
import type { Serving } from "../../../../actions/platforms/servers/activate.ts";
import { call } from "../../../../components/call.ts";
import { act, temporaryFolder } from "../../../support/context.ts";
import { makeShop, rows } from "../../../support/database.ts";
import { type Files, notes, tags, writeMigrations } from "../../../support/migrations.ts";

const serving: Serving = { release: "v1.1.0", folder: "f2", before: "f1", reverted: false, why: "", verified: true };

function prepare(files: Readonly<Record<string, Files>>, database = makeShop()) {
  const directory = temporaryFolder();
  const folder = join(directory, "releases", "f2", "db");
  const apply = writeMigrations(folder, files);
  const host = { name: "web-1", directory, address: "http://127.0.0.1:1" };
  const args = { database, host, migrations: "db", apply };
  const up = (given: { SERVING?: Serving } = {}) =>
    act(sqlFilesUp, args, { needs: { PREPARED: { folder: "f2", release: "v1.1.0", commit: "c" }, ...given } });
  return { database, folder, args, up };
}

test("what is missing is applied, and told; a second time there is nothing to do", async () => {
  const { database, up } = prepare({ "0002_notes": notes, "0003_tags": tags });
  const { result, told } = await up();
  expect([result, told]).toEqual([{ revision: "0003", did: "applied 0002, 0003" }, ["applied 0002, 0003"]]);
  expect((await up({ SERVING: serving })).result).toEqual({ revision: "0003", did: "nothing" });
  expect(rows(database, "SELECT revision, way_back, change FROM switchback_migrations")).toEqual([
    { revision: "0002", way_back: "reversible", change: "expand" },
    { revision: "0003", way_back: "reversible", change: "expand" },
  ]);
  expect(rows(database, "PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
});

test("the first release makes the database and its folder", async () => {
  const database = join(temporaryFolder(), "data", "shop.sqlite");
  expect((await prepare({ "0001_tags": tags }, database).up()).result.revision).toBe("0001");
});

test("a script that fails is an error in front of the switch, and recorded behind it; nothing of it is kept", async () => {
  const { database, up } = prepare({ "0002_notes": notes, "0003_broken": { up: "DROP TABLE nowhere;" } });
  const wrong = "0003_broken.up.sql: no such table: nowhere. Nothing of it was kept.";
  await expect(up()).rejects.toThrow(wrong);
  expect((await up({ SERVING: serving })).result).toEqual({ revision: "0000", did: "nothing", wrong });
  expect(rows(database, "SELECT name FROM pragma_table_info('orders') WHERE name = 'notes'")).toEqual([]);
});

test("a script that is not the reviewed one is refused, also behind the switch", async () => {
  const { folder, up } = prepare({ "0002_notes": notes });
  writeFileSync(join(folder, "0002_notes.up.sql"), "DROP TABLE orders;");
  const wrong = `${folder}/0002_notes.up.sql: is not the migration that was reviewed`;
  await expect(up()).rejects.toThrow(wrong);
  expect((await up({ SERVING: serving })).result.wrong).toBe(wrong);
});

test("for a release that was taken back meanwhile nothing is done", async () => {
  const { up } = prepare({ "0002_notes": notes });
  expect((await up({ SERVING: { ...serving, release: "v1.0.0" } })).result).toEqual({
    ...{ revision: "0000", did: "nothing: v1.0.0 serves" },
  });
});

test("it is not cut in half when the engine is killed", () => {
  expect(call(sqlFilesUp, prepare({}).args).survives).toBe(true);
});
