import { customers } from "../accounts/guards.ts";
import { html } from "./html.ts";
import type { Guard } from "../accounts/guards.ts";
import type { Visit } from "../web/visit.ts";
import type { Html } from "./html.ts";

export function loginPage(visit: Visit, guard: Guard, { email = "", failed = false } = {}): Html {
  return html`<section class="card narrow">
    <h1>${guard.title}</h1>
    ${failed && html`<p class="alert" role="alert">The e-mail address or the password is wrong.</p>`}
    <form method="post" action="${guard.entrance}">
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
    ${
      guard === customers &&
      html`<p class="hint">
        To look around: <code>customer@parcel.test</code> with the password <code>customer-demo</code>.
      </p>`
    }
  </section>`;
}
