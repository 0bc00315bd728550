import { sqlFilesDown } from "../actions/migrations/sql-files/down.ts";
import type { Schema, SchemaNeeds } from "../actions/migrations/sql-files/schema.ts";
import { sqlFilesUp } from "../actions/migrations/sql-files/up.ts";
import type { Prepared } from "../actions/platforms/servers/prepare.ts";
import type { Migration } from "../release/migrations.ts";
import { call, type Planned } from "./call.ts";
import type { Config } from "./config.ts";

/** A migration tool: how a schema goes up and down. */
export interface MigrationTool {
  readonly up: (migrations: readonly Migration[]) => Planned<SchemaNeeds & { PREPARED: Prepared }, Schema>;
  readonly down: (revisions: readonly string[]) => Planned<SchemaNeeds, Schema>;
}

/** Numbered SQL files in the release, `0002_name.up.sql` and `.down.sql`, applied to an SQLite database. */
export function sqlFiles({ environment, source, database }: Config): MigrationTool {
  const [first] = environment.hosts;
  if (!first) throw new TypeError("environment.hosts: at least one is needed");
  const { name, directory, address = environment.address } = first;
  return {
    up: (migrations) =>
      call(sqlFilesUp, {
        database: database.path,
        host: { name, directory, address },
        migrations: source.migrations,
        apply: [...migrations],
      }),
    down: (revisions) => call(sqlFilesDown, { database: database.path, revisions: [...revisions] }),
  };
}
