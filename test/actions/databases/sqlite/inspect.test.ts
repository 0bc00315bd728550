/** The tables and columns of real database files. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { inspectSqlite } from "../../../../actions/databases/sqlite/inspect.ts";
import { act, temporaryFolder } from "../../../support/context.ts";

test("tables, views and columns come with their types, generated ones too", async () => {
  const path = join(temporaryFolder(), "shop.db");
  const database = new DatabaseSync(path);
  database.exec(
    `CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, "odd name" varchar(20), bare, twice AS (id * 2));
     CREATE VIEW numbers AS SELECT id FROM orders; INSERT INTO orders (bare) VALUES (1)`,
  );
  database.close();
  const { result } = await act(inspectSqlite, { path });
  expect(result.tables).toEqual({
    orders: { id: "INTEGER", "odd name": "varchar(20)", bare: "", twice: "" },
    numbers: { id: "INTEGER" },
  });
});

test("a missing file is an error and is not made; so is a file that is no database", async () => {
  const path = join(temporaryFolder(), "none.db");
  await expect(act(inspectSqlite, { path })).rejects.toThrow(`${path}: unable to open database file`);
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, "x".repeat(5000));
  await expect(act(inspectSqlite, { path })).rejects.toThrow(`${path}: file is not a database`);
});
