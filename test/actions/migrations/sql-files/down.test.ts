/** Migrations taken back by the scripts that the database kept. */
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { applyUp } from "../../../../actions/migrations/sql-files/apply.ts";
import { sqlFilesDown } from "../../../../actions/migrations/sql-files/down.ts";
import type { Serving } from "../../../../actions/platforms/servers/activate.ts";
import { call } from "../../../../components/call.ts";
import { digestOf } from "../../../../release/migrations.ts";
import { act } from "../../../support/context.ts";
import { makeShop, rows } from "../../../support/database.ts";
import { notes, tags } from "../../../support/migrations.ts";

const serving: Serving = { release: "v1.1.0", folder: "f2", before: "f1", reverted: false, why: "", verified: true };

/** A shop to which two migrations were applied. */
function migrated(downOfNotes = notes.down): string {
  const file = makeShop();
  const database = new DatabaseSync(file);
  const script = (revision: string, name: string, up: string, down: string) => ({
    ...{ revision, name, up, down, change: "expand" as const, wayBack: "reversible" as const },
    digest: digestOf(up, down),
  });
  applyUp(
    database,
    [script("0002", "notes", notes.up, downOfNotes), script("0003", "tags", tags.up, tags.down)],
    () => undefined,
  );
  database.close();
  return file;
}
const down = (database: string, revisions: string[], needs: { SERVING?: Serving } = {}) =>
  act(sqlFilesDown, { database, revisions }, { needs });

test("revisions are taken back newest first, without any file of the release; the rows survive", async () => {
  const database = migrated();
  const { result, told } = await down(database, ["0002", "0003"]);
  expect([result, told]).toEqual([{ revision: "0000", did: "took back 0003, 0002" }, ["took back 0003, 0002"]]);
  expect(rows(database, "SELECT id FROM orders")).toHaveLength(3);
  expect((await down(database, ["0002"])).result).toEqual({ revision: "0000", did: "nothing" });
});

test("only the revisions that are named go", async () => {
  expect((await down(migrated(), ["0003"], { SERVING: serving })).result).toEqual({
    revision: "0002",
    did: "took back 0003",
  });
});

test("a failure is an error in front of the switch, and recorded behind it; nothing of it is kept", async () => {
  const database = migrated("DROP TABLE nowhere;");
  const wrong = "0002_notes.down.sql: no such table: nowhere. Nothing of it was kept.";
  await expect(down(database, ["0002", "0003"])).rejects.toThrow(wrong);
  expect((await down(database, ["0002", "0003"], { SERVING: serving })).result).toEqual({
    ...{ revision: "0003", did: "nothing", wrong },
  });
});

test("for a release that does not serve nothing is done", async () => {
  expect((await down(migrated(), ["0003"], { SERVING: { ...serving, release: "v1" } })).result).toEqual({
    ...{ revision: "0003", did: "nothing: v1 serves" },
  });
});

test("what is no revision is refused", () => {
  expect(() => call(sqlFilesDown, { database: "d", revisions: ["2"] })).toThrow(
    new TypeError(
      "actions/migrations/sql-files/down: its arguments are wrong\n✖ Invalid string: must match pattern /^\\d{4}$/\n  → at revisions[0]",
    ),
  );
});
