import type { DatabaseSync } from "node:sqlite";
import { columnsOf, rowsOf, tablesOf } from "./database.ts";

/** Rows of one table that are in the database and not in the backup, or not as they are in the backup. */
export interface Loss {
  readonly table: string;
  readonly rows: number;
}

/**
 * What a restore would lose: per table, the rows that were added or changed since the backup, seen on the columns that
 * both have. A migration's own bookkeeping does not count.
 */
export function losses(now: DatabaseSync, backup: DatabaseSync): Loss[] {
  return tablesOf(now)
    .filter((table) => table !== "switchback_migrations")
    .map((table) => ({ table, rows: countLost(now, backup, table) }))
    .filter((loss) => loss.rows > 0);
}

function countLost(now: DatabaseSync, backup: DatabaseSync, table: string): number {
  const known = new Set(columnsOf(backup, table));
  const columns = columnsOf(now, table).filter((column) => known.has(column));
  if (columns.length === 0) return [...rowsOf(now, table, columnsOf(now, table))].length;
  const kept = new Map<string, number>();
  for (const row of rowsOf(backup, table, columns)) kept.set(row, (kept.get(row) ?? 0) + 1);
  let lost = 0;
  for (const row of rowsOf(now, table, columns)) {
    const left = kept.get(row) ?? 0;
    if (left === 0) lost++;
    else kept.set(row, left - 1);
  }
  return lost;
}

export const describeLosses = (found: readonly Loss[]): string =>
  found.length === 0
    ? "no rows"
    : found.map(({ table, rows }) => `${rows} ${rows === 1 ? "row" : "rows"} of ${table}`).join(", ");
