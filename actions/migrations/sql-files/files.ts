import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, type Migration, readMigrations } from "../../../release/migrations.ts";
import { Refusal, type Zod } from "../../action.ts";

export interface Script extends Migration {
  readonly up: string;
  readonly down: string;
}

/** Reads a migration's files from a release's folder. Errors: they are not what was planned and reviewed. */
export function readScript(folder: string, migration: Migration): Script {
  const base = join(folder, `${migration.revision}_${migration.name}`);
  if (!existsSync(`${base}.up.sql`)) throw new Refusal(`${base}.up.sql: is not there, though it was planned`);
  const up = readFileSync(`${base}.up.sql`, "utf8");
  const down = existsSync(`${base}.down.sql`) ? readFileSync(`${base}.down.sql`, "utf8") : "";
  if (digestOf(up, down) !== migration.digest)
    throw new Refusal(`${base}.up.sql: is not the migration that was reviewed`);
  return { ...migration, up, down };
}

/** All migrations of a release's folder. Errors: some cannot be read as such. */
export function readScripts(folder: string): Script[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const texts = new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  const { migrations, wrong } = readMigrations(texts);
  if (wrong.length > 0) throw new Refusal(`${folder}: ${wrong.join("; ")}`);
  return migrations.map((migration) => readScript(folder, migration));
}

export const migrationSchema = (z: Zod) =>
  z.strictObject({
    revision: z.string().regex(/^\d{4}$/),
    name: z.string().min(1),
    change: z.enum(["expand", "contract"]),
    wayBack: z.enum(["compatible", "reversible", "restore", "none"]),
    digest: z.string().min(1),
  });
