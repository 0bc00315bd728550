/** A migration's files as they lie in a prepared release. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { migrationSchema, readScript } from "../../../../actions/migrations/sql-files/files.ts";
import { readMigrations } from "../../../../release/migrations.ts";
import type { Migration } from "../../../../release/migrations.ts";
import { temporaryFolder } from "../../../support/context.ts";
import { notes, writeMigrations } from "../../../support/migrations.ts";

test("both scripts are read", () => {
  const folder = temporaryFolder();
  const [planned] = writeMigrations(folder, { "0002_notes": notes }) as [Migration];
  expect(readScript(folder, planned)).toEqual({ ...planned, ...notes });
});

test("whatever the way back, what was planned from the repository is what is read", () => {
  const folder = temporaryFolder();
  for (const wayBack of ["compatible", "reversible", "restore", "none"]) {
    const up = `-- change: expand\n-- way back: ${wayBack}\nSELECT 1;`;
    const files = { "0002_a.up.sql": up, "0002_a.down.sql": "SELECT 2;" };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const [planned] = readMigrations(new Map(Object.entries(files))).migrations as [Migration];
    expect(readScript(folder, planned)).toEqual({ ...planned, up, down: "SELECT 2;" });
  }
});

test("a script that was changed after the plan, either way, or is gone, is refused", () => {
  const folder = temporaryFolder();
  const [planned] = writeMigrations(folder, { "0002_notes": notes }) as [Migration];
  const base = join(folder, "0002_notes");
  writeFileSync(`${base}.down.sql`, "SELECT 1;");
  expect(() => readScript(folder, planned)).toThrow(`${base}.up.sql: is not the migration that was reviewed`);
  writeMigrations(folder, { "0002_notes": { ...notes, up: "SELECT 1;" } });
  expect(() => readScript(folder, planned)).toThrow(`${base}.up.sql: is not the migration that was reviewed`);
  const other = { ...planned, revision: "0003" };
  expect(() => readScript(folder, other)).toThrow(
    `${join(folder, "0003_notes")}.up.sql: is not there, though it was planned`,
  );
});

test("a migration in a specification has all its parts", () => {
  const migration = { revision: "0002", name: "a", change: "expand", wayBack: "none", digest: "d" };
  expect(migrationSchema(z).parse(migration)).toEqual(migration);
  expect(
    migrationSchema(z).safeParse({ ...migration, revision: "2", change: "shrink", up: "" }).error?.issues.length,
  ).toBe(3);
});
