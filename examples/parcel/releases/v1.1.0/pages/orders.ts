import { country, day, insurance, pill, weight } from "./format.ts";
import { html } from "./html.ts";
import type { Account } from "../accounts/accounts.ts";
import type { Order } from "../orders/order.ts";
import type { Html } from "./html.ts";

export function ordersPage(account: Account, orders: readonly Order[]): Html {
  return html`<div class="heading">
      <div>
        <h1>${account.role === "customer" ? "Your orders" : "All orders"}</h1>
        <p class="hint">${orders.length} of them, the newest first</p>
      </div>
      <a class="button" href="/orders/new">New order</a>
    </div>
    <div class="card flush">
      <table>
        <thead>
          <tr>
            <th>Order</th>
            <th>Recipient</th>
            <th>Destination</th>
            <th class="number">Weight</th>
            <th>Service</th>
            <th class="number">Insured for</th>
            <th>Status</th>
            <th>Ordered</th>
          </tr>
        </thead>
        <tbody>
          ${
            orders.length > 0
              ? orders.map(row)
              : html`<tr>
                  <td colspan="8" class="empty">Nothing has been sent yet.</td>
                </tr>`
          }
        </tbody>
      </table>
    </div>`;
}

function row(order: Order): Html {
  return html`<tr>
    <td><a href="/orders/${order.id}">${order.number}</a></td>
    <td>${order.recipient}</td>
    <td>${order.city}, ${country(order.country)}</td>
    <td class="number">${weight(order.weightGrams)}</td>
    <td class="capital">${order.service}</td>
    <td class="number">${insurance(order.insuredCents)}</td>
    <td>${pill(order.status)}</td>
    <td>${day(order.createdAt)}</td>
  </tr>`;
}
