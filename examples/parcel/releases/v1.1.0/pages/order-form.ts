import { countries } from "../orders/countries.ts";
import { services } from "../orders/services.ts";
import { field, select, textOf } from "./fields.ts";
import { html } from "./html.ts";
import type { Mistakes } from "../orders/draft.ts";
import type { Visit } from "../web/visit.ts";
import type { Html } from "./html.ts";

export function orderFormPage(visit: Visit, mistakes: Mistakes = {}): Html {
  const form = { fields: { insured: "0", ...visit.fields }, mistakes };
  return html`<section class="card form">
    <h1>New order</h1>
    ${Object.keys(mistakes).length > 0 && html`<p class="alert" role="alert">Some of it needs another look.</p>`}
    <form method="post" action="/orders">
      <input type="hidden" name="csrf" value="${visit.csrfToken}" />
      ${field(form, "recipient", "Recipient", html`autocomplete="off" maxlength="80"`)}
      ${field(form, "street", "Street and number", html`maxlength="120"`)}
      <div class="row">
        ${field(form, "postalCode", "Postal code", html`maxlength="12"`)}
        ${field(form, "city", "City", html`maxlength="80"`)}
      </div>
      ${select(form, "country", "Country", countries, "DE")}
      <div class="row">
        ${field(form, "weightGrams", "Weight in grams", html`type="number" min="1" max="31500"`)}
        ${field(form, "insured", "Insured for (euros)", html`type="number" min="0" max="5000" step="0.01"`)}
      </div>
      ${select(form, "service", "Service", services, textOf(visit.fields.service) || "standard")}
      <button class="button">Order the pick-up</button>
    </form>
  </section>`;
}
