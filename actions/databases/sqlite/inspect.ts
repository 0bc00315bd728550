import { defineAction, Refusal } from "../../action.ts";
import { reason } from "../../check.ts";
import type { Inspected } from "../../checks/schema.ts";
import { open } from "./database.ts";

/** Reads the tables, views and columns of a database file. Changes nothing. */
export const inspectSqlite = defineAction<{ readonly path: string }, unknown, Inspected>(import.meta.url, {
  args: (z) => z.strictObject({ path: z.string().min(1).describe("the database's file") }),
  timeoutSeconds: 60,
  quick: true,
  run: async ({ path }) => {
    try {
      const database = await open(path, { readOnly: true });
      try {
        const rows = database
          .prepare(
            `SELECT entry.name AS "table", field.name AS "column", field.type AS type
             FROM sqlite_schema AS entry JOIN pragma_table_xinfo(entry.name) AS field
             WHERE entry.type IN ('table', 'view') AND entry.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
          )
          .all();
        const tables: Record<string, Record<string, string>> = {};
        for (const { table, column, type } of rows) (tables[String(table)] ??= {})[String(column)] = String(type);
        return { tables };
      } finally {
        database.close();
      }
    } catch (error) {
      throw new Refusal(`${path}: ${reason(error)}`);
    }
  },
});
