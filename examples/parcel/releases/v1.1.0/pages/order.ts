import { services } from "../orders/services.ts";
import { country, insurance, moment, pill, weight } from "./format.ts";
import { html } from "./html.ts";
import type { OrderEvent } from "../orders/orders.ts";
import type { Order } from "../orders/order.ts";
import type { Html } from "./html.ts";

export function orderPage(order: Order, events: readonly OrderEvent[]): Html {
  return html`<p><a href="/orders">← Orders</a></p>
    <div class="heading">
      <h1>${order.number}</h1>
      ${pill(order.status)}
      <a href="/orders/${order.id}/invoice.pdf">Invoice</a>
    </div>
    <div class="columns">
      <section class="card">
        <h2>Parcel</h2>
        <dl>
          <dt>To</dt>
          <dd>
            ${order.recipient}<br />${order.street}<br />${order.postalCode} ${order.city}<br />${country(order.country)}
          </dd>
          <dt>Weight</dt>
          <dd>${weight(order.weightGrams)}</dd>
          <dt>Service</dt>
          <dd>${services[order.service]}</dd>
          <dt>Insured for</dt>
          <dd>${insurance(order.insuredCents)}</dd>
          <dt>Label</dt>
          <dd>${order.label ? html`<code>${order.label}</code>` : html`<span class="hint">is being printed</span>`}</dd>
          <dt>Ordered</dt>
          <dd>${moment(order.createdAt)}<br /><span class="hint">by ${order.createdBy}</span></dd>
        </dl>
      </section>
      <section class="card">
        <h2>Its way so far</h2>
        <ol class="timeline">
          ${events.map((event) => html`<li>${event.text}<br />${moment(event.at)}</li>`)}
        </ol>
      </section>
    </div>`;
}
