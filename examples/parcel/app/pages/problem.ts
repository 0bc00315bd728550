import { html } from "./html.ts";
import type { Html } from "./html.ts";

const titles: Record<number, string> = {
  403: "Not allowed",
  404: "Not found",
  421: "Not here",
  500: "That is our fault",
  503: "Back in a moment",
};

export function problemPage(status: number, message: string): Html {
  return html`<section class="card narrow">
    <p class="kicker">${status}</p>
    <h1>${titles[status] ?? "That did not work"}</h1>
    <p>${message}</p>
    <p><a href="/">To the start page</a></p>
  </section>`;
}
