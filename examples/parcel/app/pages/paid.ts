import { html } from "./html.ts";
import type { Html } from "./html.ts";

export function paidPage(): Html {
  return html`<section class="card narrow">
    <h1>Thank you</h1>
    <p>Your payment has arrived.</p>
    <p><a href="/orders">To your orders</a></p>
  </section>`;
}
