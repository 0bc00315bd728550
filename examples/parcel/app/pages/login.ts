import { html } from "./html.ts";
import type { Visit } from "../web/visit.ts";
import type { Html } from "./html.ts";

export function loginPage(visit: Visit, { email = "", failed = false } = {}): Html {
  return html`<section class="card narrow">
    <h1>Sign in</h1>
    ${failed && html`<p class="alert" role="alert">The e-mail address or the password is wrong.</p>`}
    <form method="post" action="/login">
      <input type="hidden" name="csrf" value="${visit.csrfToken}" />
      <label
        >E-mail
        <input type="email" name="email" value="${email}" autocomplete="username" required autofocus />
      </label>
      <label
        >Password
        <input type="password" name="password" autocomplete="current-password" required />
      </label>
      <button class="button">Sign in</button>
    </form>
    <p class="hint">To look around: <code>customer@parcel.test</code> with the password <code>customer-demo</code>.</p>
  </section>`;
}
