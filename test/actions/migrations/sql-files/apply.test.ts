/** Scripts up and down on a real database: all of them or none. */
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { Transient } from "../../../../actions/action.ts";
import { appliedTo } from "../../../../actions/migrations/sql-files/applied.ts";
import * as migrations from "../../../../actions/migrations/sql-files/apply.ts";
import type { Script } from "../../../../actions/migrations/sql-files/files.ts";
import { structureOf } from "../../../../actions/databases/sqlite/database.ts";
import { digestOf } from "../../../../release/migrations.ts";
import { makeShop } from "../../../support/database.ts";
import { notes, tags } from "../../../support/migrations.ts";

const script = (revision: string, name: string, { up, down = "" }: { up: string; down?: string }): Script => ({
  ...{ revision, name, up, down, change: "expand", wayBack: "reversible" },
  digest: digestOf(up, down),
});
const [addNotes, addTags] = [script("0002", "notes", notes), script("0003", "tags", tags)];

function shop(): DatabaseSync {
  const database = new DatabaseSync(makeShop());
  onTestFinished(() => {
    database.close();
  });
  return database;
}
const free = (): void => undefined;
const applyUp = (database: DatabaseSync, scripts: readonly Script[], fence = free): string[] =>
  migrations.applyUp(database, scripts, fence);
const applyDown = (database: DatabaseSync, all: readonly string[]): string[] =>
  migrations.applyDown(database, all, free);
const revisions = (database: DatabaseSync): string[] => appliedTo(database).map(({ revision }) => revision);

test("scripts go up in order, are noted with their way down, and go down again by it, newest first", () => {
  const database = shop();
  const before = structureOf(database);
  expect(applyUp(database, [addNotes, addTags])).toEqual(["0002", "0003"]);
  expect(appliedTo(database)).toEqual(
    [addNotes, addTags].map(({ revision, name, digest, down }) => ({ revision, name, digest, down })),
  );
  expect(applyDown(database, ["0002", "0003"])).toEqual(["0003", "0002"]);
  expect([structureOf(database), revisions(database)]).toEqual([before, []]);
});

test("what is applied is not applied again, and what is not is not taken back", () => {
  const database = shop();
  applyUp(database, [addNotes]);
  expect(applyUp(database, [addNotes, addTags])).toEqual(["0003"]);
  expect(applyUp(database, [addNotes, addTags])).toEqual([]);
  expect(applyDown(database, ["0003", "0009"])).toEqual(["0003"]);
  expect(applyDown(database, ["0003"])).toEqual([]);
  expect(applyDown(shop(), ["0002"])).toEqual([]);
});

test("of scripts of which the second fails nothing is left, not even the first", () => {
  const database = shop();
  const before = structureOf(database);
  const broken = script("0003", "broken", { up: "CREATE TABLE half (a); ALTER TABLE nowhere ADD COLUMN b;" });
  expect(() => applyUp(database, [addNotes, broken])).toThrow(
    "0003_broken.up.sql: no such table: nowhere. Nothing of it was kept.",
  );
  expect([structureOf(database), revisions(database), database.isTransaction]).toEqual([before, [], false]);
});

test("of a way down that fails in the middle nothing is left either", () => {
  const database = shop();
  applyUp(database, [script("0002", "notes", { ...notes, down: "DROP TABLE nowhere;" }), addTags]);
  const before = structureOf(database);
  expect(() => applyDown(database, ["0002", "0003"])).toThrow(
    "0002_notes.down.sql: no such table: nowhere. Nothing of it was kept.",
  );
  expect([structureOf(database), revisions(database)]).toEqual([before, ["0002", "0003"]]);
});

test("another script under a revision that is applied is refused", () => {
  const database = shop();
  applyUp(database, [addNotes]);
  expect(() => applyUp(database, [script("0002", "labels", tags)])).toThrow(
    "migration 0002_labels: another one, notes, was applied under this revision. Give the new one a new number.",
  );
  expect(() => applyUp(database, [script("0002", "notes", { ...notes, up: `${notes.up} -- mended` })])).toThrow(
    "migration 0002_notes: another one, notes, was applied under this revision. Give the new one a new number.",
  );
});

test("a migration without a way down is not taken back", () => {
  const database = shop();
  applyUp(database, [script("0002", "notes", { up: notes.up })]);
  expect(() => applyDown(database, ["0002"])).toThrow(
    "migration 0002_notes has no way down. Restore the backup that was taken before it.",
  );
  expect(revisions(database)).toEqual(["0002"]);
});

test("a table that others refer to is rebuilt without losing their rows", () => {
  const database = shop();
  const up =
    "CREATE TABLE more (id INTEGER PRIMARY KEY, name TEXT, mail TEXT); INSERT INTO more SELECT id, name, NULL FROM customers; DROP TABLE customers; ALTER TABLE more RENAME TO customers;";
  database.exec(
    "CREATE TABLE visits (customer REFERENCES customers (id) ON DELETE CASCADE); INSERT INTO visits VALUES (1), (2);",
  );
  expect(applyUp(database, [script("0002", "rebuild", { up })])).toEqual(["0002"]);
  const count = (table: string): unknown => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n;
  expect([count("customers"), count("orders"), count("visits")]).toEqual([2, 3, 2]);
  expect(() => {
    database.exec("DELETE FROM customers");
  }).toThrow("FOREIGN KEY constraint failed");
});

test("migrations that leave rows without what they refer to are refused", () => {
  const database = shop();
  expect(() => applyUp(database, [script("0002", "lose", { up: "DELETE FROM customers WHERE id = 2;" })])).toThrow(
    "the migrations leave 2 rows that refer to rows that are not there. Nothing was kept.",
  );
  expect(revisions(database)).toEqual([]);
});

test("a script that ends the transaction it runs in is refused", () => {
  expect(() => applyUp(shop(), [script("0002", "commits", { up: "CREATE TABLE a (b); COMMIT;" })])).toThrow(
    "0002_commits.up.sql: ends the transaction it runs in. Take COMMIT or ROLLBACK out of it, then look at what it did.",
  );
  expect(() => applyUp(shop(), [script("0002", "begins", { up: "BEGIN; CREATE TABLE a (b);" })])).toThrow(
    "0002_begins.up.sql: cannot start a transaction within a transaction. Nothing of it was kept.",
  );
});

test("a database that somebody writes to all the time is a fault that may be gone in a moment", () => {
  const file = makeShop();
  const [writer, database] = [new DatabaseSync(file), new DatabaseSync(file)];
  onTestFinished(() => {
    for (const one of [writer, database]) one.close();
  });
  writer.exec("BEGIN IMMEDIATE");
  expect(() => applyUp(database, [addNotes])).toThrow(Transient);
  writer.exec("ROLLBACK");
  expect(applyUp(database, [addNotes])).toEqual(["0002"]);
});

test("a fence that closes while the scripts run keeps nothing of them", () => {
  const database = shop();
  const before = structureOf(database);
  let passed = 0;
  const closing = (): void => {
    if (++passed === 2) throw new Error("somebody else has acted");
  };
  expect(() => applyUp(database, [addNotes], closing)).toThrow("somebody else has acted");
  expect([structureOf(database), passed]).toEqual([before, 2]);
});
