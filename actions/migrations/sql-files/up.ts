import { join } from "node:path";
import type { Migration } from "../../../release/migrations.ts";
import { defineAction } from "../../action.ts";
import { folderOf, type Host, hostSchema } from "../../platforms/servers/host.ts";
import type { Prepared } from "../../platforms/servers/prepare.ts";
import { applyUp } from "./apply.ts";
import { migrationSchema, readScript } from "./files.ts";
import { type Schema, type SchemaNeeds, workOnSchema } from "./schema.ts";

interface Args {
  readonly database: string;
  readonly host: Host;
  /** Folder of the migrations in a release. */
  readonly migrations: string;
  readonly apply: readonly Migration[];
}

/**
 * Applies a release's migrations from its own prepared files; nothing when there are none or they are applied already.
 * Killed: the database has all of them or none.
 */
export const sqlFilesUp = defineAction<Args, SchemaNeeds & { PREPARED: Prepared }, Schema>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      database: z.string().min(1),
      host: hostSchema(z),
      migrations: z.string().min(1),
      apply: z.array(migrationSchema(z)),
    }),
  survives: true,
  timeoutSeconds: 1800,
  run: async (args, context) => {
    const { PREPARED: prepared } = context.needs;
    return workOnSchema(args.database, context, context.needs, (database, fence) => {
      fence();
      database.exec("PRAGMA journal_mode = WAL");
      const folder = join(folderOf(args.host, prepared.folder), args.migrations);
      const done = applyUp(
        database,
        args.apply.map((migration) => readScript(folder, migration)),
        fence,
      );
      if (done.length === 0) return "nothing";
      context.tell(`applied ${done.join(", ")}`);
      return `applied ${done.join(", ")}`;
    });
  },
});
