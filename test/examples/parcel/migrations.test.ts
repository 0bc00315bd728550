/** Every migration says how it behaves, and goes back the way it says. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { history } from "../../../examples/parcel/history.ts";
import { folderOf } from "../../../examples/parcel/import-stream.ts";

interface Migration {
  readonly file: string;
  readonly up: string;
  readonly down: string | undefined;
}

/** The migrations a release has, its parents' before its own. */
function migrationsOf(tag: string): Migration[] {
  const release = history.find((candidate) => candidate.tag === tag);
  if (!release) throw new Error(`no release ${tag}`);
  const folder = join(folderOf(release), "migrations");
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".up.sql")) : [];
  const own = files.sort().map((file) => {
    const down = join(folder, file.replace(".up.", ".down."));
    return { file, up: read(join(folder, file)), down: existsSync(down) ? read(down) : undefined };
  });
  return [...(release.parent ? migrationsOf(release.parent) : []), ...own];
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function schemaOf(database: DatabaseSync): unknown[] {
  return database.prepare("SELECT m.name, c.* FROM sqlite_master m, pragma_table_info(m.name) c").all();
}

function changedRows(database: DatabaseSync): unknown {
  return database.prepare("SELECT total_changes() AS rows").get();
}

test("the migrations of the releases are these", () => {
  const declared = history.flatMap((release) => {
    const last = migrationsOf(release.tag).at(-1);
    const inherited = release.parent === undefined ? undefined : migrationsOf(release.parent).at(-1);
    if (last?.file === inherited?.file) return [];
    return [[release.tag, last?.file, ...(last?.up.split("\n").slice(0, 2) ?? []), last?.down !== undefined]];
  });
  expect(declared).toEqual([
    ["v1.0.0", "0001_orders.up.sql", "-- change: expand", "-- way back: reversible", true],
    ["v1.1.0", "0002_parcel_insurance.up.sql", "-- change: expand", "-- way back: reversible", true],
    ["v1.2.0", "0003_one_service.up.sql", "-- change: contract", "-- way back: restore", false],
    ["v1.4.0-broken", "0003_addressee.up.sql", "-- change: contract", "-- way back: reversible", true],
    ["broken-schema", "0002_no_notes.up.sql", "-- change: contract", "-- way back: restore", false],
    ["broken-query", "0002_old_events.up.sql", "-- change: contract", "-- way back: restore", false],
  ]);
});

test.each(history)("the migrations of $tag apply, and their down files lead back", ({ tag }) => {
  const database = new DatabaseSync(":memory:");
  for (const { up, down } of migrationsOf(tag)) {
    const [before, rows] = [schemaOf(database), changedRows(database)];
    database.exec(up);
    expect([schemaOf(database), changedRows(database)]).not.toEqual([before, rows]);
    if (down === undefined) continue;
    database.exec(down);
    expect(schemaOf(database)).toEqual(before);
    database.exec(up);
  }
  expect(database.prepare("SELECT count(*) AS orders FROM orders").get()).toEqual({ orders: 25 });
  expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  database.close();
});
