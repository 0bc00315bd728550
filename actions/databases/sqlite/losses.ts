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
 * both have. A migration's own bookkeeping does not count.
 */
export function losses(now: DatabaseSync, backup: DatabaseSync): Loss[] {
  return tablesOf(now)
    .filter((table) => table !== "switchback_migrations")
    .map((table) => ({ table, ...compare(now, backup, table) }))
    .filter((loss) => loss.rows > 0 || loss.back > 0);
}

function compare(now: DatabaseSync, backup: DatabaseSync, table: string): Omit<Loss, "table"> {
  const known = new Set(columnsOf(backup, table));
  const columns = columnsOf(now, table).filter((column) => known.has(column));
  if (columns.length === 0) return { rows: [...rowsOf(now, table, columnsOf(now, table))].length, back: 0 };
  const kept = new Map<string, number>();
  let [rows, missing] = [0, 0];
  for (const row of rowsOf(backup, table, columns)) {
    kept.set(row, (kept.get(row) ?? 0) + 1);
    missing++;
  }
  for (const row of rowsOf(now, table, columns)) {
    const left = kept.get(row) ?? 0;
    if (left === 0) rows++;
    else {
      kept.set(row, left - 1);
      missing--;
    }
  }
  // A row that was changed is missing in its old form and lost in its new one: it is one row, not two.
  return { rows, back: Math.max(0, missing - rows) };
}

/** In words, `no rows` for none. */
export function describeLosses(found: readonly Loss[]): string {
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "row" : "rows"}`;
  const words = found.flatMap(({ table, rows, back }) => [
    ...(rows > 0 ? [`${counted(rows, "")} of ${table}`] : []),
    ...(back > 0 ? [`${counted(back, "deleted ")} of ${table} would be back`] : []),
  ]);
  return words.length === 0 ? "no rows" : words.join(", ");
}
