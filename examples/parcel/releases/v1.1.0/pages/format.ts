import { countries } from "../orders/countries.ts";
import { html } from "./html.ts";
import type { Status } from "../orders/order.ts";
import type { Html } from "./html.ts";

export function pill(status: Status): Html {
  return html`<span class="pill ${status.replace(" ", "-")}">${status}</span>`;
}

export function weight(grams: number): string {
  return grams < 1000 ? `${grams} g` : `${(grams / 1000).toFixed(1)} kg`;
}

export function insurance(cents: number): string {
  return cents === 0 ? "–" : (cents / 100).toLocaleString("en-GB", { style: "currency", currency: "EUR" });
}

export function country(code: string): string {
  return countries[code] ?? code;
}

/** 2026-11-02T09:30:12.000Z as "2 Nov 2026, 09:30". */
export function moment(iso: string): Html {
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" } as const;
  return html`<time datetime="${iso}">${new Date(iso).toLocaleString("en-GB", options)}</time>`;
}

/** The same without the time. */
export function day(iso: string): Html {
  const options = { dateStyle: "medium", timeZone: "UTC" } as const;
  return html`<time datetime="${iso}">${new Date(iso).toLocaleDateString("en-GB", options)}</time>`;
}
