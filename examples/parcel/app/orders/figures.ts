import type { Database } from "../database/connection.ts";

export function countByCountry(database: Database): { code: string; orders: number }[] {
  const sql = "SELECT country AS code, count(*) AS orders FROM orders GROUP BY country ORDER BY orders DESC, country";
  return database.use().prepare(sql).all() as unknown as { code: string; orders: number }[];
}

export function latestEvents(database: Database): { number: string; at: string; text: string }[] {
  const sql = `SELECT number, at, text FROM order_events JOIN orders ON orders.id = order_id
    ORDER BY at DESC, order_events.id DESC LIMIT 25`;
  return database.use().prepare(sql).all() as unknown as { number: string; at: string; text: string }[];
}
