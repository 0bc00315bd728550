import type { Database } from "../database/connection.ts";
import type { Fields } from "../orders/draft.ts";

/** What a payment provider tells: so much was paid for that. */
export interface Payment {
  /** The provider's own number of it: the same payment may be told more than once. */
  readonly payment: string;
  readonly reference: string;
  readonly amountCents: number;
}

export function readPayment({ payment, reference, amountCents }: Fields): Payment | undefined {
  const amount = Number(amountCents);
  if (!isWord(payment) || !isWord(reference) || !Number.isInteger(amount) || amount < 1) return undefined;
  return { payment, reference, amountCents: amount };
}

/** Counts a payment once, however often it is told. */
export function receivePayment(database: Database, { payment, reference, amountCents }: Payment): void {
  const sql = `INSERT INTO payments (payment, reference, amount_cents, received_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (payment) DO NOTHING`;
  database.use().prepare(sql).run(payment, reference, amountCents, new Date().toISOString());
}

export function countPayments(database: Database, reference: string): number {
  const sql = "SELECT count(*) AS count FROM payments WHERE reference = ?";
  return Number(database.use().prepare(sql).get(reference)?.count);
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[\w.-]{1,100}$/.test(value);
}
