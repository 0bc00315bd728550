import { pdf } from "./pdf.ts";

/** What an invoice is about. */
export interface Invoiced {
  readonly number: string;
  readonly recipient: string;
  readonly city: string;
  readonly weightGrams: number;
  readonly createdAt: string;
}

export const sample: Invoiced = {
  number: "PX-00000",
  recipient: "Nobody in particular",
  city: "Nowhere",
  weightGrams: 1000,
  createdAt: "2026-01-01T00:00:00.000Z",
};

const baseCents = 490;
const centsPerKilogram = 120;

export function priceCents({ weightGrams }: Pick<Invoiced, "weightGrams">): number {
  return baseCents + centsPerKilogram * Math.ceil(weightGrams / 1000);
}

export function invoicePdf(order: Invoiced): Buffer {
  return pdf(`Invoice ${order.number}`, [
    `Date: ${order.createdAt.slice(0, 10)}`,
    `Parcel to ${order.recipient}, ${order.city}`,
    `Weight: ${order.weightGrams} g`,
    "",
    `Total: ${(priceCents(order) / 100).toFixed(2)} EUR`,
  ]);
}
