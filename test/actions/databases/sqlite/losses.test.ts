/** What a restore would lose. */
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { describeLosses, losses } from "../../../../actions/databases/sqlite/losses.ts";
import { makeShop, sql } from "../../../support/database.ts";

/** Losses of restoring a shop as it was, after some SQL; of several shops, where several are replaced. */
function lossesAfter(...texts: string[]): ReturnType<typeof losses> {
  const opened = (text: string): DatabaseSync => {
    const file = makeShop();
    sql(file, text);
    const database = new DatabaseSync(file);
    onTestFinished(() => {
      database.close();
    });
    return database;
  };
  return losses(texts.map(opened), opened("SELECT 1"));
}

test.each<[string, string, ReturnType<typeof losses>]>([
  ["nothing", "SELECT 1", []],
  [
    "rows that were added",
    "INSERT INTO customers VALUES (3, 'Cy'), (4, 'Di')",
    [{ table: "customers", rows: 2, back: 0 }],
  ],
  ["rows that were changed", "UPDATE orders SET price = 9 WHERE id = 1", [{ table: "orders", rows: 1, back: 0 }]],
  ["rows that were deleted would be back", "DELETE FROM orders WHERE id = 1", [{ table: "orders", rows: 0, back: 1 }]],
  ["the same row once more", "CREATE TABLE t (a); INSERT INTO t VALUES (1), (1)", [{ table: "t", rows: 2, back: 0 }]],
  ["a new column is not", "ALTER TABLE orders ADD COLUMN extra TEXT DEFAULT 'x'", []],
  [
    "what a migration noted is not",
    "CREATE TABLE switchback_migrations (a); INSERT INTO switchback_migrations VALUES (1)",
    [],
  ],
  [
    "a table of other columns, row by row",
    "DROP TABLE orders; CREATE TABLE orders (other); INSERT INTO orders VALUES (1), (2)",
    [{ table: "orders", rows: 2, back: 0 }],
  ],
])("lost: %s", (_, text, found) => {
  expect(lossesAfter(text)).toEqual(found);
});

test("a row that is in all that is replaced counts once, as does one that is in none", () => {
  const first = "INSERT INTO customers VALUES (3, 'Cy'); DELETE FROM orders WHERE id = 1";
  expect(
    lossesAfter(first, `${first}; INSERT INTO customers VALUES (4, 'Dee'); DELETE FROM orders WHERE id = 2`),
  ).toEqual([
    { table: "customers", rows: 2, back: 0 },
    { table: "orders", rows: 0, back: 2 },
  ]);
  expect(lossesAfter(first, "CREATE TABLE a (x); INSERT INTO a VALUES (1)")).toEqual([
    { table: "a", rows: 1, back: 0 },
    { table: "customers", rows: 1, back: 0 },
    { table: "orders", rows: 0, back: 1 },
  ]);
  expect(lossesAfter()).toEqual([]);
});

test("losses are told by table", () => {
  expect(describeLosses([])).toBe("no rows");
  expect(
    describeLosses([
      { table: "orders", rows: 1, back: 0 },
      { table: "customers", rows: 12, back: 0 },
    ]),
  ).toBe("1 row of orders, 12 rows of customers");
  expect(describeLosses([{ table: "orders", rows: 2, back: 1 }])).toBe(
    "2 rows of orders, 1 deleted row of orders would be back",
  );
});
