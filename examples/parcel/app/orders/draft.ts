import { countries } from "./countries.ts";
import { isService } from "./services.ts";
import type { Draft } from "./order.ts";

/** What a form or a JSON body brought. */
export type Fields = Readonly<Record<string, unknown>>;
/** Field name to what is wrong with it. */
export type Mistakes = Readonly<Record<string, string>>;

const heaviestGrams = 31_500;

/** Reads an order from what somebody sent; all mistakes come back at once. */
export function readDraft(fields: Fields): { draft: Draft } | { mistakes: Mistakes } {
  const mistakes: Record<string, string> = {};
  const text = (name: string, most: number) => {
    const value = fields[name];
    const trimmed = typeof value === "string" ? value.trim() : "";
    if (trimmed === "") mistakes[name] = "is missing";
    else if (trimmed.length > most) mistakes[name] = `is longer than ${most} characters`;
    return trimmed;
  };
  const service = fields.service ?? "standard";
  const draft = {
    recipient: text("recipient", 80),
    street: text("street", 120),
    postalCode: text("postalCode", 12),
    city: text("city", 80),
    country: text("country", 2).toUpperCase(),
    weightGrams: Number(fields.weightGrams),
  };
  if (!mistakes.country && !Object.hasOwn(countries, draft.country)) mistakes.country = "is not served";
  if (!Number.isInteger(draft.weightGrams) || draft.weightGrams < 1 || draft.weightGrams > heaviestGrams) {
    mistakes.weightGrams = `is not a whole number between 1 and ${heaviestGrams}`;
  }
  if (!isService(service)) return { mistakes: { ...mistakes, service: "is not offered" } };
  return Object.keys(mistakes).length > 0 ? { mistakes } : { draft: { ...draft, service } };
}
