/** The check of a schema, against real database files. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { schema } from "../../../actions/checks/schema.ts";
import { inspectSqlite } from "../../../actions/databases/sqlite/inspect.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";

function makeDatabase(): string {
  const path = join(temporaryFolder(), "shop.db");
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE orders (id INTEGER, weight REAL, bare); CREATE TABLE old (x)");
  database.close();
  return path;
}

async function verdict(args: object, path = makeDatabase()): Promise<string[]> {
  const { result } = await act(schema, { inspect: call(inspectSqlite, { path }), ...args });
  return [result.verdict, result.seen.replace(path, "FILE")];
}

test("a schema with all that is wanted passes", async () => {
  expect(await verdict({ expect: { orders: ["id", "weight"], old: [] } })).toEqual(["pass", "2 of 2 tables as wanted"]);
  const typed = { expect: { orders: { id: "integer", weight: "REAL" } }, forbid: { gone: [], orders: ["price"] } };
  expect(await verdict(typed)).toEqual(["pass", "1 of 2 tables as wanted, and without what must be gone"]);
});

test("all that is missing, of another type, or still there is named", async () => {
  expect(
    await verdict({
      expect: { orders: { id: "TEXT", bare: "TEXT", price: "INTEGER" }, customers: ["id"], old: ["x", "y"] },
      forbid: { old: [], orders: ["weight"] },
    }),
  ).toEqual([
    "fail",
    "the schema is not as wanted: orders.id is INTEGER, want TEXT, orders.bare is untyped, want TEXT, no orders.price, " +
      "no table customers, no old.y, table old is still there, orders.weight is still there",
  ]);
});

test("names that every object has are no tables", async () => {
  expect(await verdict({ expect: { constructor: [] } })).toEqual([
    ...["fail", "the schema is not as wanted: no table constructor"],
  ]);
});

test("a database that is not there cannot be judged", async () => {
  const path = join(temporaryFolder(), "none.db");
  expect(await verdict({ expect: { orders: [] } }, path)).toEqual(["unknown", "FILE: unable to open database file"]);
});

test("expecting nothing is refused", () => {
  expect(() => call(schema, { inspect: call(inspectSqlite, { path: "shop.db" }) })).toThrow(
    "✖ expects nothing, so it would always pass: name a table and its columns\n  → at expect",
  );
});
