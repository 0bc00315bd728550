/** Questions to real database files, over a connection that cannot write and can be ended. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { querySqlite } from "../../../../actions/databases/sqlite/query.ts";
import { act, temporaryFolder } from "../../../support/context.ts";
import { makeShop } from "../../../support/database.ts";

const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

test("rows come as they are, large numbers and bytes as text", async () => {
  const { result, logged } = await act(querySqlite, {
    path: makeShop(),
    sql: "SELECT ? AS a, 9007199254740993 AS b, x'00ff' AS c, NULL AS d, 1.5 AS e, ? AS f",
    parameters: ["it's", 7],
  });
  expect(result.rows).toEqual([{ a: "it's", b: "9007199254740993", c: "00ff", d: null, e: 1.5, f: 7 }]);
  expect([result.ended, result.milliseconds >= 0, logged]).toEqual([false, true, []]);
});

test("writing is refused, and so are mistakes, in the database's words", async () => {
  const path = makeShop();
  const ask = (sql: string) => act(querySqlite, { path, sql });
  await expect(ask("DELETE FROM orders")).rejects.toThrow("attempt to write a readonly database");
  await expect(ask("SELECT none FROM orders")).rejects.toThrow("no such column: none");
  await expect(ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")).rejects.toThrow(
    "the query answers more than 10000 rows",
  );
});

test("what takes too long is ended, and said so", async () => {
  const { result } = await act(querySqlite, { path: makeShop(), sql: endless, timeoutSeconds: 1 });
  expect(result).toEqual({ rows: [], milliseconds: 1000, ended: true });
});

test("a missing file, and one that is no database, are errors", async () => {
  const path = join(temporaryFolder(), "none.db");
  await expect(act(querySqlite, { path, sql: "SELECT 1" })).rejects.toThrow(`${path}: there is no such file`);
  writeFileSync(path, "x".repeat(5000));
  await expect(act(querySqlite, { path, sql: "SELECT * FROM t" })).rejects.toThrow("file is not a database");
});
