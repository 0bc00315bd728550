import { html } from "./html.ts";
import type { Html } from "./html.ts";

/** The first page of somebody who works here: a heading, and facts with their values. */
export function deskPage(title: string, facts: readonly (readonly [Html | string, Html | string | number])[]): Html {
  return html`<div class="heading"><h1>${title}</h1></div>
    <section class="card">
      <dl>
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
    </section>`;
}
