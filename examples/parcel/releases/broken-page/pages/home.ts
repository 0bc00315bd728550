import { html } from "./html.ts";
import type { Visit } from "../web/visit.ts";
import type { Html } from "./html.ts";

export function homePage({ account }: Visit): Html {
  return html`<section class="hero">
      <p class="kicker">Parcels across Europe</p>
      <h1>Every parcel,<br />to the doorstep.</h1>
      <p class="lead">
        Order a pick-up in a minute, get the label at once, and follow each parcel until it is in the right hands.
      </p>
      <p>
        ${
          account
            ? html`<a class="button large" href="/orders">Your orders</a>`
            : html`<a class="button large" href="/login">Sign in</a>`
        }
      </p>
    </section>
    <ul class="promises">
      <li><b>Order</b>Tell us who gets it and what it weighs.</li>
      <li><b>Label</b>Its number is printed within seconds.</li>
      <li><b>Follow</b>Each step has its time, from order to door.</li>
    </ul>
    <p class="hint" style="margin-top: 2rem">The depot is open from 6 to 22.</p>`;
}
