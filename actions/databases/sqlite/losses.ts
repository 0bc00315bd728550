import type { DatabaseSync } from "node:sqlite";
import { columnsOf, rowsOf, tablesOf } from "./database.ts";

/** What a restore would do to one table. */
export interface Loss {
  readonly table: string;
  /** Rows that are in the database and not in the backup, or not as they are in the backup. */
  readonly rows: number;
  /** Rows that were deleted since the backup, and would be there again. */
  readonly back: number;
}

/**
 * What a restore would lose: per table, the rows that were added or changed since the backup, seen on the columns that
 * both have. A row that is in several of the databases that are replaced counts once. A migration's own bookkeeping does
 * not count.
 */
export function losses(replaced: readonly DatabaseSync[], backup: DatabaseSync): Loss[] {
  return [...new Set(replaced.flatMap(tablesOf))]
    .sort()
    .filter((table) => table !== "switchback_migrations")
    .map((table) => ({ table, ...compare(replaced, backup, table) }))
    .filter((loss) => loss.rows > 0 || loss.back > 0);
}

/** Rows by what is in them, with how often they are there. */
type Rows = Map<string, number>;

function compare(replaced: readonly DatabaseSync[], backup: DatabaseSync, table: string): Omit<Loss, "table"> {
  const lost: Rows = new Map();
  const gone: Rows = new Map();
  for (const now of replaced) {
    const found = differences(now, backup, table);
    keepMost(lost, found.lost);
    keepMost(gone, found.gone);
  }
  // A row that was changed is gone in its old form and lost in its new one: it is one row, not two.
  return { rows: total(lost), back: Math.max(0, total(gone) - total(lost)) };
}

/** Rows that only the database has, and rows that only the backup has. */
function differences(now: DatabaseSync, backup: DatabaseSync, table: string): { lost: Rows; gone: Rows } {
  const own = columnsOf(now, table);
  const known = new Set(columnsOf(backup, table));
  const common = own.filter((column) => known.has(column));
  const lost: Rows = new Map();
  const gone: Rows = new Map();
  if (own.length === 0) return { lost, gone };
  if (common.length > 0) for (const row of rowsOf(backup, table, common)) change(gone, row, 1);
  for (const row of rowsOf(now, table, common.length > 0 ? common : own))
    if (gone.has(row)) change(gone, row, -1);
    else change(lost, row, 1);
  return { lost, gone };
}

function change(rows: Rows, row: string, by: 1 | -1): void {
  const count = (rows.get(row) ?? 0) + by;
  if (count === 0) rows.delete(row);
  else rows.set(row, count);
}

function keepMost(all: Rows, rows: Rows): void {
  for (const [row, count] of rows) all.set(row, Math.max(count, all.get(row) ?? 0));
}

const total = (rows: Rows): number => [...rows.values()].reduce((sum, count) => sum + count, 0);

/** In words, `no rows` for none. */
export function describeLosses(found: readonly Loss[]): string {
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "row" : "rows"}`;
  const words = found.flatMap(({ table, rows, back }) => [
    ...(rows > 0 ? [`${counted(rows, "")} of ${table}`] : []),
    ...(back > 0 ? [`${counted(back, "deleted ")} of ${table} would be back`] : []),
  ]);
  return words.length === 0 ? "no rows" : words.join(", ");
}
