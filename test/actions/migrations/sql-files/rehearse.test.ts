/** The round trip of a release's migrations, on a real database, by the real actions. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rehearse } from "../../../../actions/migrations/sql-files/rehearse.ts";
import { sqlFilesDown } from "../../../../actions/migrations/sql-files/down.ts";
import { sqlFilesUp } from "../../../../actions/migrations/sql-files/up.ts";
import { call, written } from "../../../../components/call.ts";
import { act, temporaryFolder } from "../../../support/context.ts";
import { makeShop, rows, sql } from "../../../support/database.ts";
import { patience } from "../../../support/health.ts";
import { type Files, notes, tags, writeMigrations } from "../../../support/migrations.ts";

const bypass = "BYPASS";

async function rehearsed(files: Readonly<Record<string, Files>>, between: object = {}, disturb?: string) {
  const database = makeShop();
  const directory = temporaryFolder();
  const apply = writeMigrations(join(directory, "releases/f2/db"), files);
  const hosts = [{ name: "web-1", directory, address: "http://127.0.0.1:1" }];
  const [host = { name: "", directory: "", address: "" }] = hosts;
  const args = {
    database,
    beginMaintenance: {
      action: "actions/platforms/servers/begin-maintenance",
      args: { hosts, minutes: 5, message: "Back soon", bypass },
    },
    endMaintenance: { action: "actions/platforms/servers/end-maintenance", args: { hosts } },
    down: written(call(sqlFilesDown, { database, revisions: apply.map((one) => one.revision) })),
    up: written(call(sqlFilesUp, { database, host, migrations: "db", apply })),
    ...{ between: between as never, patience },
  };
  const needs = {
    PREPARED: { folder: "f2", release: "v2", commit: "c" },
    BACKUP: { id: "b", digest: "d", schema: "0000", proven: true as const },
  };
  const given = { needs: needs as never, secrets: { [bypass]: "let me in please" }, release: "v2" };
  await act(sqlFilesUp, { database, host, migrations: "db", apply }, { needs: needs });
  if (disturb !== undefined) sql(database, disturb);
  const result = await act(rehearse, args, given).then(
    (done) => done.result,
    (error: unknown) => (error as Error).message,
  );
  return {
    result,
    maintenance: existsSync(join(directory, "maintenance.json")),
    applied: rows(database, "SELECT revision FROM switchback_migrations ORDER BY 1").map((row) => row.revision),
  };
}

const asking = (action: string, args: object) => ({
  column: { check: { action, args }, blocks: ["fail", "unknown"] },
});

test("down and up again: the schema is as before, and the maintenance page is gone", async () => {
  expect(await rehearsed({ "0002_notes": notes, "0003_tags": tags })).toEqual({
    result: { down: "took back 0003, 0002", up: "applied 0002, 0003" },
    ...{ maintenance: false, applied: ["0002", "0003"] },
  });
});

test.each<[string, Files, string]>([
  ["fails", { ...tags, down: "DROP TABLE nowhere;" }, "the way down does not work: 0003_tags.down.sql: no such table"],
  [
    "changes nothing",
    { up: "CREATE TABLE IF NOT EXISTS tags (name TEXT);", down: "SELECT 1;" },
    "the way down changes nothing: after it the schema is as before",
  ],
  [
    "leaves something else",
    { ...tags, down: "DROP TABLE tags; CREATE TABLE left_over (id INTEGER);" },
    "down and up again do not lead back to the same schema",
  ],
])("a way down that %s is refused, and the schema is up again", async (_, files, words) => {
  const { result, maintenance, applied } = await rehearsed({ "0003_tags": files });
  expect(result).toContain(words);
  expect([maintenance, applied]).toEqual([false, ["0003"]]);
});

test("a way up that works only once leaves the maintenance page, and says what to do", async () => {
  const once = { up: "CREATE TABLE tags (name TEXT);", down: "CREATE TABLE other (id INTEGER);" };
  const { result, maintenance, applied } = await rehearsed({ "0003_tags": once });
  expect(result).toContain(
    "took migrations back and cannot apply them again: 0003_tags.up.sql: table tags already exists",
  );
  expect(result).toContain("the maintenance page stays up. Go back: switchback rollback");
  expect([maintenance, applied]).toEqual([true, []]);
});

test("what must hold in between is asked for, and the schema comes up again whatever comes of it", async () => {
  const silent = asking("actions/checks/http", { url: "http://127.0.0.1:1/", status: 200, timeoutSeconds: 1 });
  const failed = await rehearsed({ "0003_tags": tags }, silent);
  expect(failed.result).toContain("without the migrations it is not as it should be\n  ✗ column  unknown");
  expect([failed.maintenance, failed.applied]).toEqual([false, ["0003"]]);
  const broken = await rehearsed({ "0003_tags": tags }, asking("actions/checks/none", {}));
  expect(broken.result).toContain("actions/checks/none: there is no such action");
  expect([broken.maintenance, broken.applied]).toEqual([false, ["0003"]]);
});

test("what a power cut in an earlier round trip left undone is applied first", async () => {
  const missing = "DROP TABLE tags; DELETE FROM switchback_migrations WHERE revision = '0003'";
  const { result, applied } = await rehearsed({ "0002_notes": notes, "0003_tags": tags }, {}, missing);
  expect(result).toEqual({ down: "took back 0003, 0002", up: "applied 0002, 0003" });
  expect(applied).toEqual(["0002", "0003"]);
});
