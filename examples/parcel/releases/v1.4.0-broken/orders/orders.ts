import { recipientColumn } from "../database/schema.ts";
import { columnsOf, orderOf } from "./order.ts";
import { enqueue } from "../labels/queue.ts";
import type { SQLInputValue } from "node:sqlite";
import type { Account } from "../accounts/accounts.ts";
import type { Database } from "../database/connection.ts";
import type { Draft, Order } from "./order.ts";

export interface OrderEvent {
  readonly at: string;
  readonly text: string;
}

/** The newest orders first: a customer's own, or everybody's for those who work here. */
export function listOrders(database: Database, account: Account): Order[] {
  const { where, values } = visibleTo(account);
  const sql = `SELECT * FROM orders WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT 100`;
  return database
    .use()
    .prepare(sql)
    .all(...values)
    .map(orderOf);
}

export function findOrder(database: Database, account: Account, id: number): Order | undefined {
  const { where, values } = visibleTo(account);
  const row = database
    .use()
    .prepare(`SELECT * FROM orders WHERE ${where} AND id = ?`)
    .get(...values, id);
  return row && orderOf(row);
}

export function eventsOf(database: Database, order: Order): OrderEvent[] {
  const sql = "SELECT at, text FROM order_events WHERE order_id = ? ORDER BY at DESC, id DESC";
  return database.use().prepare(sql).all(order.id) as unknown as OrderEvent[];
}

/** Writes the order, its first event and the job that prints its label; all or nothing. */
export function createOrder(database: Database, account: Account, draft: Draft): Order {
  const now = new Date().toISOString();
  return database.transaction((connection) => {
    const columns = {
      ...columnsOf(draft, recipientColumn(connection)),
      customer_id: customerId(account),
      created_by: account.email,
      created_at: now,
    };
    const names = Object.keys(columns);
    const sql = `INSERT INTO orders (number, ${names.join(", ")})
      VALUES ((SELECT 'PX-' || (24001 + coalesce(max(id), 0)) FROM orders), ${names.map(() => "?").join(", ")})
      RETURNING *`;
    const order = orderOf(connection.prepare(sql).get(...(Object.values(columns) as SQLInputValue[])) ?? {});
    connection
      .prepare("INSERT INTO order_events (order_id, at, text) VALUES (?, ?, ?)")
      .run(order.id, now, "Order received");
    enqueue(connection, "label", order.id, now);
    return order;
  });
}

export function countByStatus(database: Database): { status: string; orders: number }[] {
  const sql = "SELECT status, count(*) AS orders FROM orders GROUP BY status ORDER BY status";
  return database.use().prepare(sql).all() as unknown as { status: string; orders: number }[];
}

function customerId(account: Account): number | null {
  return account.role === "customer" ? account.id : null;
}

function visibleTo(account: Account): { where: string; values: SQLInputValue[] } {
  return account.role === "customer"
    ? { where: "created_by = ?", values: [account.email] }
    : { where: "1 = 1", values: [] };
}
