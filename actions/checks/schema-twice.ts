import { existsSync } from "node:fs";
import { defineCheck, fail, pass, unknown } from "../check.ts";
import { fenceOf, open, shapeOf } from "../databases/sqlite/database.ts";
import { passFence } from "../fence.ts";
import { applyUp } from "../migrations/sql-files/apply.ts";
import { readScripts } from "../migrations/sql-files/files.ts";

/**
 * Passes when applying all migrations of the release that serves once more applies none and leaves the schema as it is;
 * fails when one was still missing (it is applied now), or is not the one that was applied under its number.
 */
export const schemaTwice = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      database: z.string().min(1).describe("the SQLite file"),
      migrations: z
        .string()
        .min(1)
        .describe("folder of the serving release's migrations: DIRECTORY/current/migrations"),
    }),
  async ({ database: path, migrations }, context) => {
    if (!existsSync(path)) return unknown(`${path}: there is no such database`);
    if (!existsSync(migrations)) return unknown(`${migrations}: there is no such folder`);
    const scripts = readScripts(migrations);
    if (scripts.length === 0) return unknown(`${migrations}: holds no migration`);
    const database = await open(path);
    try {
      const before = shapeOf(database);
      const fence = (): void => {
        passFence(fenceOf(path), path, context);
      };
      const done = applyUp(database, scripts, fence);
      if (done.length > 0) return fail(`${done.join(", ")} had not been applied; it is now`);
      if (shapeOf(database) !== before) return fail("applying nothing has changed the schema");
      return pass(`${scripts.length} migrations applied once more: nothing to do, and the schema is the same`);
    } finally {
      database.close();
    }
  },
);
