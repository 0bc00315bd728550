import { html } from "./html.ts";
import type { Account } from "../accounts/accounts.ts";
import type { Html } from "./html.ts";

export interface AdminFacts {
  readonly release: string;
  readonly commit: string;
  readonly schema: string;
  readonly jobs: { readonly waiting: number; readonly failed: number };
  readonly orders: readonly { readonly status: string; readonly orders: number }[];
  readonly accounts: readonly Account[];
}

export function adminPage(facts: AdminFacts): Html {
  return html`<div class="heading"><h1>Administration</h1></div>
    <div class="columns">
      <section class="card">
        <h2>Service</h2>
        <dl>
          <dt>Release</dt>
          <dd>${facts.release}</dd>
          <dt>Commit</dt>
          <dd><code>${facts.commit.slice(0, 12)}</code></dd>
          <dt>Schema</dt>
          <dd>${facts.schema}</dd>
          <dt>Labels</dt>
          <dd>${facts.jobs.waiting} waiting, ${facts.jobs.failed} failed</dd>
          ${facts.orders.map(
            ({ status, orders }) =>
              html`<dt>Orders ${status}</dt>
                <dd>${orders}</dd>`,
          )}
        </dl>
      </section>
      <section class="card">
        <h2>Accounts</h2>
        <table>
          ${facts.accounts.map(
            ({ name, email, role }) =>
              html`<tr>
                <td>${name}</td>
                <td>${email}</td>
                <td>${role}</td>
              </tr>`,
          )}
        </table>
      </section>
    </div>`;
}
