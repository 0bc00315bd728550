export type Status = "created" | "labelled" | "in transit" | "delivered";

/** What somebody who sends a parcel says about it. */
export interface Draft {
  readonly recipient: string;
  readonly street: string;
  readonly postalCode: string;
  readonly city: string;
  readonly country: string;
  readonly weightGrams: number;
  /** What is paid if the parcel is lost. */
  readonly insuredCents: number;
}

export interface Order extends Draft {
  readonly id: number;
  readonly number: string;
  readonly status: Status;
  /** Null until the background worker has printed it. */
  readonly label: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** What a draft becomes in the table `orders`. */
export function columnsOf(draft: Draft): Record<string, string | number> {
  return {
    recipient: draft.recipient,
    street: draft.street,
    postal_code: draft.postalCode,
    city: draft.city,
    country: draft.country,
    weight_grams: draft.weightGrams,
    insured_cents: draft.insuredCents,
  };
}

export function orderOf(row: Record<string, unknown>): Order {
  return {
    id: row.id as number,
    number: row.number as string,
    status: row.status as Status,
    label: row.label as string | null,
    recipient: row.recipient as string,
    street: row.street as string,
    postalCode: row.postal_code as string,
    city: row.city as string,
    country: row.country as string,
    weightGrams: row.weight_grams as number,
    insuredCents: row.insured_cents as number,
    createdBy: row.created_by as string,
    createdAt: row.created_at as string,
  };
}
