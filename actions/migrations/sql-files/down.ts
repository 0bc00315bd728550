import { defineAction } from "../../action.ts";
import { applyDown } from "./apply.ts";
import { type Schema, type SchemaNeeds, workOnSchema } from "./schema.ts";

interface Args {
  readonly database: string;
  readonly revisions: readonly string[];
}

/**
 * Takes migrations back, newest first, by the scripts that the database kept when they were applied: they are the
 * outgoing release's own. Killed: the database has all of them or none.
 */
export const sqlFilesDown = defineAction<Args, SchemaNeeds, Schema>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      database: z.string().min(1),
      revisions: z.array(z.string().regex(/^\d{4}$/)),
    }),
  survives: true,
  timeoutSeconds: 1800,
  run: ({ database: path, revisions }, context) =>
    workOnSchema(path, context, context.needs, (database, fence) => {
      const done = applyDown(database, revisions, fence);
      if (done.length === 0) return "nothing";
      context.tell(`took back ${done.join(", ")}`);
      return `took back ${done.join(", ")}`;
    }),
});
