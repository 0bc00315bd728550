import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

/**
 * Opens a database file; node:sqlite is loaded only here. Waits up to 10 s for others that write. One that was cut off
 * while it was written to is made whole again, by the journal beside it, also for who only reads.
 */
export async function open(path: string, options: { readOnly?: boolean } = {}): Promise<DatabaseSync> {
  // Node still calls its SQLite experimental and says so on standard error, once in every step.
  process.removeAllListeners("warning");
  const { DatabaseSync } = await import("node:sqlite");
  const timeout = 10_000;
  if (options.readOnly && existsSync(path) && isHalfWritten(path)) {
    // Who only reads may not undo what a killed writer has left half done, and reads nothing before somebody has.
    const writer = new DatabaseSync(path, { timeout });
    try {
      writer.prepare("PRAGMA schema_version").get();
    } finally {
      writer.close();
    }
  }
  return new DatabaseSync(path, { ...options, timeout });
}

/** Or somebody is writing just now, and nothing needs to be undone. */
const isHalfWritten = (path: string): boolean =>
  (statSync(`${path}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** Where a database remembers who has changed its schema: beside it, because a restore replaces all that is in it. */
export const fenceOf = (path: string): string => `${path}.fence`;

/** Rows of every table, and a digest over them that does not depend on their order. */
export type Content = Readonly<Record<string, { readonly rows: number; readonly digest: string }>>;

export function contentOf(database: DatabaseSync): Content {
  return Object.fromEntries(
    tablesOf(database).map((table) => [table, tableContent(database, table, columnsOf(database, table))]),
  );
}

export function tableContent(
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
): { rows: number; digest: string } {
  // The sum of the rows' digests: one pass, no sorting, and a row that is there twice counts twice.
  let sum = 0n;
  let rows = 0;
  for (const row of rowsOf(database, table, columns)) {
    sum = (sum + BigInt(`0x${row}`)) & ((1n << 256n) - 1n);
    rows++;
  }
  return { rows, digest: sum.toString(16).padStart(64, "0") };
}

/** The digest of every row, one by one. */
export function* rowsOf(database: DatabaseSync, table: string, columns: readonly string[]): Generator<string> {
  const statement = database.prepare(`SELECT ${columns.map(quoted).join(", ")} FROM ${quoted(table)}`);
  statement.setReadBigInts(true);
  for (const row of statement.iterate()) {
    const values = Object.values(row).map((value) =>
      typeof value === "bigint"
        ? `i${value}`
        : value instanceof Uint8Array
          ? `b${Buffer.from(value).toString("hex")}`
          : typeof value === "string"
            ? `s${value}`
            : value,
    );
    yield createHash("sha256").update(JSON.stringify(values)).digest("hex");
  }
}

export const tablesOf = (database: DatabaseSync): string[] =>
  names(
    database,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
  );

export const columnsOf = (database: DatabaseSync, table: string): string[] =>
  names(database, `SELECT name FROM pragma_table_info('${table.replaceAll("'", "''")}') ORDER BY name`);

/** The structure as text, without the bookkeeping of migrations: equal texts are equal schemas. */
export const structureOf = (database: DatabaseSync): string =>
  names(
    database,
    "SELECT sql AS name FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name <> 'switchback_migrations' ORDER BY type, name",
  ).join(";\n");

/** Whether two files hold the same: structure, rows, and the number that an application may have given its schema. */
export async function isSame(one: string, other: string): Promise<boolean> {
  const databases = [await open(one, { readOnly: true }), await open(other, { readOnly: true })] as const;
  const numberOf = (database: DatabaseSync) => database.prepare("PRAGMA user_version").get()?.user_version;
  const agree = (look: (database: DatabaseSync) => unknown): boolean =>
    JSON.stringify(look(databases[0])) === JSON.stringify(look(databases[1]));
  try {
    return agree(structureOf) && agree(numberOf) && agree(contentOf);
  } finally {
    for (const database of databases) database.close();
  }
}

/**
 * Tables with their columns, and the names of everything else: equal for two schemas that say the same in other words, as
 * those do that came about by different scripts.
 */
export function shapeOf(database: DatabaseSync): string {
  const tables = tablesOf(database).filter((table) => table !== "switchback_migrations");
  const columns = (table: string) =>
    database
      .prepare(`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?) ORDER BY name`)
      .all(table);
  const others = names(
    database,
    "SELECT type || ' ' || name AS name FROM sqlite_schema WHERE type <> 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
  );
  return JSON.stringify([tables.map((table) => [table, columns(table)]), others]);
}

const names = (database: DatabaseSync, sql: string): string[] =>
  database
    .prepare(sql)
    .all()
    .map((row) => String(row.name));

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
