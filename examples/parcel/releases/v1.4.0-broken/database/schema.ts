import type { DatabaseSync } from "node:sqlite";

/** What this release reads and writes. It runs on any schema that has these columns. */
const needed: Record<string, readonly string[]> = {
  users: ["id", "email", "name", "role", "password"],
  orders: [
    ...["id", "number", "customer_id", "street", "postal_code", "city", "country", "weight_grams"],
    ...["service", "insured_cents", "status", "label", "created_by", "created_at"],
  ],
  order_events: ["id", "order_id", "at", "text"],
  jobs: ["id", "kind", "order_id", "subject", "attempts", "run_after", "done_at", "done_by", "error"],
  appointments: ["id", "day", "slot", "place", "note", "booked_by"],
  payments: ["id", "payment", "reference", "amount_cents", "received_at"],
};

export class SchemaMismatch extends Error {
  constructor(missing: readonly string[]) {
    super(`the database schema does not fit this release: ${missing.join(", ")} missing`);
    this.name = "SchemaMismatch";
  }
}

export function assertSchema(database: DatabaseSync): void {
  const present = columnsOf(database);
  const missing = Object.entries(needed).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`).filter((name) => !present.has(name)),
  );
  if (!present.has("orders.recipient") && !present.has("orders.addressee")) missing.push("orders.addressee");
  if (missing.length > 0) throw new SchemaMismatch(missing);
}

/** Orders are to say "addressee"; until the migration has run they say "recipient". */
export function recipientColumn(database: DatabaseSync): "addressee" | "recipient" {
  return columnsOf(database).has("orders.addressee") ? "addressee" : "recipient";
}

/** The newest migration that was applied, as the deployment recorded it. */
export function schemaRevision(database: DatabaseSync): string | null {
  if (!columnsOf(database).has("switchback_migrations.revision")) return null;
  const row = database.prepare("SELECT max(revision) AS revision FROM switchback_migrations").get();
  return (row?.revision ?? null) as string | null;
}

function columnsOf(database: DatabaseSync): Set<string> {
  const sql = `SELECT t.name || '.' || c.name AS name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'`;
  return new Set(
    database
      .prepare(sql)
      .all()
      .map((row) => row.name as string),
  );
}
