/** Migrations on disk as a prepared release has them, and as a plan names them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Change, digestOf, type Migration, type WayBack } from "../../release/migrations.ts";

export interface Files {
  readonly up: string;
  readonly down?: string;
  readonly change?: Change;
  readonly wayBack?: WayBack;
}

/** Writes `0002_name` and the like into a folder; returns them as they are planned. */
export function writeMigrations(folder: string, files: Readonly<Record<string, Files>>): Migration[] {
  mkdirSync(folder, { recursive: true });
  return Object.entries(files).map(([base, { up, down = "", change = "expand", wayBack = "reversible" }]) => {
    const [, revision = "", name = ""] = /^(\d{4})_(.*)$/.exec(base) ?? [];
    writeFileSync(join(folder, `${base}.up.sql`), up);
    if (down !== "") writeFileSync(join(folder, `${base}.down.sql`), down);
    return { revision, name, change, wayBack, digest: digestOf(up, down) };
  });
}

export const notes = { up: "ALTER TABLE orders ADD COLUMN notes TEXT;", down: "ALTER TABLE orders DROP COLUMN notes;" };
export const tags = { up: "CREATE TABLE tags (name TEXT);", down: "DROP TABLE tags;" };
