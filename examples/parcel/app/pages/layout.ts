import { guards, senders } from "../accounts/guards.ts";
import { html } from "./html.ts";
import { flashOf } from "../web/flash.ts";
import type { Visit } from "../web/visit.ts";
import type { Html } from "./html.ts";

export function page(visit: Visit, title: string, content: Html): string {
  const { assets, configuration } = visit.app;
  const flash = flashOf(visit.cookies);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="csrf-token" content="${visit.csrfToken}" />
        <title>${title} · Parcel</title>
        <link rel="icon" href="${assets.href("parcel.svg")}" />
        <link rel="stylesheet" href="${assets.href("parcel.css")}" />
      </head>
      <body>
        <header class="top">
          <a class="brand" href="/"><img src="${assets.href("parcel.svg")}" alt="" width="28" height="28" />Parcel</a>
          ${navigation(visit)}
        </header>
        <main>${flash && html`<p class="flash" role="status">${flash}</p>`} ${content}</main>
        <footer>
          <span>Parcel, a sample application</span>
          <span><b>${configuration.release}</b> <code>${configuration.commit.slice(0, 7)}</code></span>
        </footer>
      </body>
    </html>`.text;
}

function navigation(visit: Visit): Html {
  const { account, path } = visit;
  if (!account) return html`<nav>${path === "/login" ? "" : html`<a class="button" href="/login">Sign in</a>`}</nav>`;
  return html`<nav>
    ${senders.includes(account.role) && senderLinks(path)}
    ${guards
      .filter(({ roles }) => roles !== senders && roles.includes(account.role))
      .map(({ landing, title }) => link(path, landing, title))}
    <form method="post" action="/logout">
      <input type="hidden" name="csrf" value="${visit.csrfToken}" />
      <span class="who">${account.name}</span>
      <button class="quiet">Sign out</button>
    </form>
  </nav>`;
}

function senderLinks(path: string): Html {
  return html`${link(path, "/orders", "Orders")} ${link(path, "/orders/new", "New order")}
  ${link(path, "/calendar", "Pick-ups")}`;
}

function link(path: string, href: string, text: string): Html {
  return html`<a href="${href}" ${path === href ? html`aria-current="page"` : ""}>${text}</a>`;
}
