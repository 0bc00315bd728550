/** What a database holds, as text and digests that can be compared. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import {
  columnsOf,
  contentOf,
  isSame,
  open,
  quoted,
  rowsOf,
  structureOf,
  tableContent,
  tablesOf,
} from "../../../../actions/databases/sqlite/database.ts";
import { makeShop, sql } from "../../../support/database.ts";
import { temporaryFolder } from "../../../support/context.ts";

function memory(text: string): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => {
    database.close();
  });
  database.exec(text);
  return database;
}
const contents = (values: string): string =>
  JSON.stringify(contentOf(memory(`CREATE TABLE t (a, b); INSERT INTO t VALUES ${values};`)));

test("a file is opened, read only where that is asked for; a missing one is an error then", async () => {
  const database = await open(makeShop(), { readOnly: true });
  onTestFinished(() => {
    database.close();
  });
  expect(() => {
    database.exec("DELETE FROM orders");
  }).toThrow("attempt to write a readonly database");
  await expect(open(join(temporaryFolder(), "none"), { readOnly: true })).rejects.toThrow(
    "unable to open database file",
  );
});

test("tables come without SQLite's own, and columns in the order of their names", () => {
  const database = memory(
    `CREATE TABLE "it's" (b, a); CREATE TABLE sqliteful (x INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO sqliteful VALUES (1);`,
  );
  expect(tablesOf(database)).toEqual(["it's", "sqliteful"]);
  expect(columnsOf(database, "it's")).toEqual(["a", "b"]);
});

test("equal rows in any order are equal content; rows there twice count twice", () => {
  expect(contents("(1, 2), (3, 4)")).toBe(contents("(3, 4), (1, 2)"));
  expect(contents("(1, 2), (1, 2)")).not.toBe(contents("(1, 2)"));
  const { t } = contentOf(memory("CREATE TABLE t (a)"));
  expect(t).toEqual({ rows: 0, digest: "0".repeat(64) });
});

test.each([
  ["(1, 2)", "(2, 1)"],
  ["(1, NULL)", "(1, '')"],
  ["(1, 5)", "(1, '5')"],
  ["(1, 5)", "(1, 'i5')"],
  ["(1, 5)", "(1, 5.5)"],
  ["(1, x'00')", "(1, 'b00')"],
  ["(1, x'00')", "(1, x'01')"],
  ["(1, 9007199254740993)", "(1, 9007199254740992)"],
  ["('a,b', 'c')", "('a', 'b,c')"],
])("%s is other content than %s", (one, other) => {
  expect(contents(one)).not.toBe(contents(other));
});

test("names of every kind are quoted", () => {
  const database = memory(`CREATE TABLE "a ""b" ("c d"); INSERT INTO "a ""b" VALUES (1);`);
  expect([...rowsOf(database, 'a "b', ["c d"])]).toHaveLength(1);
  expect(tableContent(database, 'a "b', ["c d"]).rows).toBe(1);
  expect(quoted('a "b')).toBe('"a ""b"');
});

test("equal structures are equal texts, whatever was done to get there and whatever migrations noted", async () => {
  const [one, other] = [makeShop(), makeShop()];
  sql(other, "CREATE TABLE x (y); DROP TABLE x; CREATE TABLE switchback_migrations (revision); DELETE FROM orders;");
  const [a, b] = [await open(one), await open(other)];
  onTestFinished(() => {
    a.close();
    b.close();
  });
  expect(structureOf(b)).toBe(structureOf(a));
  b.exec("CREATE INDEX by_name ON customers (name)");
  expect(structureOf(b)).not.toBe(structureOf(a));
});

test("one whose writer was killed half-way is as it was before, also for who only reads", async () => {
  const file = makeShop();
  sql(file, "PRAGMA journal_mode = DELETE; CREATE TABLE filler (x)");
  const code = `
const database = new (require("node:sqlite").DatabaseSync)(process.argv[1]);
database.exec("PRAGMA cache_size = 5; BEGIN; UPDATE customers SET name = 'Nobody'");
const add = database.prepare("INSERT INTO filler VALUES (randomblob(3000))");
for (let i = 0; i < 100; i++) add.run();
console.log("half-way");
setInterval(() => undefined, 1000);`;
  const writer = spawn(process.execPath, ["-e", code, file], { stdio: ["ignore", "pipe", "ignore"] });
  await once(writer.stdout, "data");
  writer.kill("SIGKILL");
  await once(writer, "close");
  expect(() => new DatabaseSync(file, { readOnly: true }).prepare("SELECT * FROM customers").all()).toThrow(
    "attempt to write a readonly database",
  );
  const database = await open(file, { readOnly: true });
  onTestFinished(() => {
    database.close();
  });
  const people = database.prepare("SELECT name FROM customers").all();
  expect([people.map(({ name }) => name), contentOf(database).filler?.rows]).toEqual([["Ann", "Bo"], 0]);
  expect(() => {
    database.exec("DELETE FROM orders");
  }).toThrow("attempt to write a readonly database");
});

test.each([
  ["a row", "INSERT INTO customers VALUES (3, 'Cy')"],
  ["another value", "UPDATE orders SET note = x'01' WHERE id = 1"],
  ["an index", "CREATE INDEX i ON orders (price)"],
  ["the number of its schema", "PRAGMA user_version = 7"],
])("two databases are the same, but for %s", async (_, text) => {
  const [one, other] = [makeShop(), makeShop()];
  expect(await isSame(one, other)).toBe(true);
  sql(other, text);
  expect(await isSame(one, other)).toBe(false);
});
