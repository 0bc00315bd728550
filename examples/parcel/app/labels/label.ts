import type { DatabaseSync } from "node:sqlite";

/** A label number as the Universal Postal Union writes it (S10): two letters, eight digits, a check digit, two letters. */
export function labelNumber(orderId: number): string {
  const digits = String(orderId).padStart(8, "0");
  const weights = [8, 6, 4, 2, 3, 5, 9, 7];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const check = 11 - (sum % 11);
  return `PX${digits}${check === 10 ? 0 : check === 11 ? 5 : check}EU`;
}

/** "Prints" the label: its number goes into the order, and the customer reads that it happened. */
export function printLabel(database: DatabaseSync, orderId: number, now: string): string {
  const label = labelNumber(orderId);
  database.prepare("UPDATE orders SET label = ?, status = 'labelled' WHERE id = ?").run(label, orderId);
  database
    .prepare("INSERT INTO order_events (order_id, at, text) VALUES (?, ?, ?)")
    .run(orderId, now, `Label ${label} printed`);
  return label;
}
