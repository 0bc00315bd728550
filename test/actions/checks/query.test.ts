/** The check by a question to a database, against real files, and answers of other speeds. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { type Queried, query } from "../../../actions/checks/query.ts";
import { querySqlite } from "../../../actions/databases/sqlite/query.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";

function makeDatabase(): string {
  const path = join(temporaryFolder(), "shop.db");
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE orders (id INTEGER, name TEXT); INSERT INTO orders VALUES (1, 'a'), (2, 'b')");
  database.close();
  return path;
}

async function verdict(sql: string, wanted: object, given: object = {}): Promise<string[]> {
  const ask = call(querySqlite, { path: makeDatabase(), sql, timeoutSeconds: 20 });
  const { result } = await act(query, { ask, ...wanted }, given);
  return [result.verdict, result.seen.replace(/in \d+ ms/, "in N ms")];
}
const count = "SELECT count(*) FROM orders";
const all = "SELECT id, name FROM orders ORDER BY id";

test("the answer that is wanted passes", async () => {
  const one = ["pass", "the query answered 1 row as wanted in N ms"];
  expect(await verdict(count, { scalar: 2, min: 2, max: 2, limitMilliseconds: 20_000 })).toEqual(one);
  const rows = [
    { name: "a", id: 1 },
    { id: 2, name: "b" },
  ];
  expect(await verdict(all, { rows })).toEqual(["pass", "the query answered 2 rows as wanted in N ms"]);
  expect(await verdict("SELECT * FROM orders WHERE id = 3", { rows: [] })).toEqual([
    ...["pass", "the query answered 0 rows as wanted in N ms"],
  ]);
});

test.each<[string, string, object, string]>([
  ["another value", count, { scalar: 3 }, "the query answered 2, want 3"],
  ["another type", count, { scalar: "2" }, 'the query answered 2, want "2"'],
  ["too little", count, { min: 3 }, "the query answered 2, want at least 3"],
  ["too much", count, { max: 1 }, "the query answered 2, want at most 1"],
  ["no number", "SELECT 'many'", { max: 1 }, 'the query answered "many", want a number'],
  ["several values", all, { scalar: 1 }, "the query answered 2 rows of 2 columns, want one value"],
  ["no value", "SELECT 1 WHERE 0", { scalar: 1 }, "the query answered 0 rows of 0 columns, want one value"],
  ["another number of rows", all, { rows: [] }, "the query answered 2 rows, want 0"],
  [
    "another row",
    "SELECT name FROM orders",
    { rows: [{ name: "a" }, { name: "c" }] },
    'row 2 is {"name":"b"}, want {"name":"c"}',
  ],
])("%s fails", async (_, sql, wanted, seen) => {
  expect(await verdict(sql, wanted)).toEqual(["fail", seen]);
});

test("a slow answer is a warning, then a failure; one that was ended tells nothing without a limit", async () => {
  const answering = (milliseconds: number, ended = false) => ({
    call: (): Promise<Queried> => Promise.resolve({ rows: ended ? [] : [{ n: 2 }], milliseconds, ended }),
  });
  const times = { scalar: 2, targetMilliseconds: 1000, limitMilliseconds: 2000 };
  expect((await verdict(count, times, answering(1000)))[0]).toBe("pass");
  expect(await verdict(count, times, answering(1001))).toEqual([
    ...["warn", "the query answered 1 row as wanted in N ms, want 1000 ms"],
  ]);
  expect(await verdict(count, times, answering(2001))).toEqual([
    "fail",
    "the query took 2001 ms, want at most 2000 ms",
  ]);
  expect((await verdict(count, times, answering(20_000, true)))[0]).toBe("fail");
  expect(await verdict(count, { scalar: 2 }, answering(20_000, true))).toEqual([
    ...["unknown", "the query was ended after 20000 ms"],
  ]);
});

test("a question that is wrong, and no database, cannot be judged", async () => {
  expect(await verdict("SELECT none FROM orders", { scalar: 1 })).toEqual(["unknown", "no such column: none"]);
  const path = join(temporaryFolder(), "none.db");
  const { result } = await act(query, { ask: call(querySqlite, { path, sql: count }), scalar: 1 });
  expect([result.verdict, result.seen]).toEqual(["unknown", `${path}: there is no such file`]);
});

test("expecting nothing is refused", () => {
  const ask = call(querySqlite, { path: "shop.db", sql: count });
  expect(() => call(query, { ask, targetMilliseconds: 5 })).toThrow(
    "✖ expects nothing, so it would always pass: give rows, scalar, min, max or limitMilliseconds",
  );
  expect(() => call(query, { ask, targetMilliseconds: 5, limitMilliseconds: 5 })).toThrow(
    "✖ is not below the limit, so it would never warn\n  → at targetMilliseconds",
  );
});
