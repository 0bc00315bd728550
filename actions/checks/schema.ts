import { defineCheck, fail, pass } from "../check.ts";
import { callSchema } from "./inner-call.ts";

/** What an inspector of some database answers: the type of every column, as the database names it, by table. */
export interface Inspected {
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Columns of a table, with or without their types. */
type Columns = readonly string[] | Readonly<Record<string, string>>;

/**
 * Looks at a database's tables and columns, by an inspector such as `call(inspectSqlite, { path })`. Passes when all of
 * `expect` is there and nothing of `forbid`; fails naming all that is missing, of another type, or still there.
 */
export const schema = defineCheck(
  import.meta.url,
  (z) => {
    const named = z.array(z.string().min(1));
    return z
      .strictObject({
        inspect: callSchema(z).describe("how the database is looked at: call(inspectSqlite, { path })"),
        expect: z
          .record(z.string().min(1), z.union([named, z.record(z.string().min(1), z.string().min(1))]))
          .default({})
          .describe("tables, and their columns as a list or with their types; an empty list for the table alone"),
        forbid: z
          .record(z.string().min(1), named)
          .default({})
          .describe("columns that must be gone, by table; an empty list for the whole table"),
      })
      .refine(({ expect, forbid }) => Object.keys(expect).length + Object.keys(forbid).length > 0, {
        path: ["expect"],
        message: "expects nothing, so it would always pass: name a table and its columns",
      });
  },
  async ({ inspect, expect, forbid }, context) => {
    const { tables } = (await context.call(inspect)) as Inspected;
    const wrong = [
      ...Object.entries(expect).flatMap(([table, columns]) => missing(tables, table, columns)),
      ...Object.entries(forbid).flatMap(([table, columns]) => present(tables, table, columns)),
    ];
    if (wrong.length > 0) return fail(`the schema is not as wanted: ${wrong.join(", ")}`);
    const names = Object.keys(expect);
    const gone = Object.keys(forbid).length > 0 ? ", and without what must be gone" : "";
    return pass(`${names.length} of ${Object.keys(tables).length} tables as wanted${gone}`);
  },
  { quick: true },
);

function missing(tables: Inspected["tables"], table: string, wanted: Columns): string[] {
  const found = ownOf(tables, table);
  if (found === undefined) return [`no table ${table}`];
  if (isList(wanted))
    return wanted.filter((column) => ownOf(found, column) === undefined).map((column) => `no ${table}.${column}`);
  return Object.entries(wanted).flatMap(([column, type]) => {
    const seen = ownOf(found, column);
    if (seen === undefined) return [`no ${table}.${column}`];
    return seen.toLowerCase() === type.toLowerCase()
      ? []
      : [`${table}.${column} is ${seen || "untyped"}, want ${type}`];
  });
}

function present(tables: Inspected["tables"], table: string, columns: readonly string[]): string[] {
  const found = ownOf(tables, table);
  if (found === undefined) return [];
  if (columns.length === 0) return [`table ${table} is still there`];
  return columns
    .filter((column) => ownOf(found, column) !== undefined)
    .map((column) => `${table}.${column} is still there`);
}

const isList = (columns: Columns): columns is readonly string[] => Array.isArray(columns);

const ownOf = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
