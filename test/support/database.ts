/** SQLite databases made for a test. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "./context.ts";

const shop = `
PRAGMA journal_mode = WAL;
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id), note BLOB, price REAL);
INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bo');
INSERT INTO orders VALUES (1, 1, x'00ff', 1.5), (2, 2, NULL, 2), (3, 2, 'text', NULL);
`;

/** A shop with two customers and three orders; returns its file. */
export function makeShop(file = join(temporaryFolder(), "shop.sqlite")): string {
  sql(file, shop);
  return file;
}

export function sql(file: string, text: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(text);
  } finally {
    database.close();
  }
}

export function rows(file: string, query: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

export const names = (file: string): unknown[] =>
  rows(file, "SELECT name FROM customers ORDER BY id").map((row) => row.name);
