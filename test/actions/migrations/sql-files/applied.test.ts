/** What a database remembers of its migrations. */
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import {
  appliedRevisions,
  appliedTo,
  ensureTable,
  revisionOf,
} from "../../../../actions/migrations/sql-files/applied.ts";
import { makeShop, rows, sql } from "../../../support/database.ts";

test("a database that no migration was applied to has revision 0000, and none is made by looking", async () => {
  const file = makeShop();
  const database = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => {
    database.close();
  });
  expect([revisionOf(database), appliedTo(database), await appliedRevisions(file)]).toEqual(["0000", [], []]);
  expect(rows(file, "SELECT name FROM sqlite_schema WHERE name = 'switchback_migrations'")).toEqual([]);
});

test("what was applied comes in the order of revisions; the last one is the database's", async () => {
  const file = makeShop();
  const database = new DatabaseSync(file);
  onTestFinished(() => {
    database.close();
  });
  ensureTable(database);
  ensureTable(database);
  for (const revision of ["0010", "0002"])
    sql(file, `INSERT INTO switchback_migrations VALUES ('${revision}', 'n', 'd', 'now', 'DOWN', 'none', 'expand')`);
  expect(appliedTo(database)).toEqual([
    { revision: "0002", name: "n", digest: "d", down: "DOWN" },
    { revision: "0010", name: "n", digest: "d", down: "DOWN" },
  ]);
  expect([revisionOf(database), await appliedRevisions(file)]).toEqual(["0010", ["0002", "0010"]]);
});
