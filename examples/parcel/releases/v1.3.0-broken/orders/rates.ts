import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Order } from "./order.ts";

type Zone = "home" | "near" | "far";

/** What the carrier asks for, by how far it is. */
interface Rates {
  readonly since: string;
  readonly zones: Readonly<Record<Zone, { readonly baseCents: number; readonly perKilogramCents: number }>>;
}

const file = join(import.meta.dirname, "rates.json");
const firstRefreshMilliseconds = 300;
const refreshMilliseconds = 60 * 60 * 1000;

const near = ["AT", "BE", "CZ", "DK", "FR", "NL", "PL"];
let rates = JSON.parse(readFileSync(file, "utf8")) as Rates;

/** The carrier's rates change while the service runs; the file is replaced every night. */
export function keepRatesFresh(): void {
  setTimeout(refresh, firstRefreshMilliseconds).unref();
  setInterval(refresh, refreshMilliseconds).unref();
}

function refresh(): void {
  const published = JSON.parse(readFileSync(file, "utf8")) as { rates: Rates };
  rates = published.rates;
}

export function ratesSince(): string {
  return rates.since;
}

export function postageCents({ country, weightGrams }: Order): number {
  const zone = country === "DE" ? "home" : near.includes(country) ? "near" : "far";
  const { baseCents, perKilogramCents } = rates.zones[zone];
  return baseCents + Math.ceil(weightGrams / 1000) * perKilogramCents;
}
