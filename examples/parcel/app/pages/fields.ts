import { html } from "./html.ts";
import type { Fields, Mistakes } from "../orders/draft.ts";
import type { Html } from "./html.ts";

/** What was entered before, and what was wrong with it. */
export interface Entered {
  readonly fields: Fields;
  readonly mistakes: Mistakes;
}

export function field(entered: Entered, name: string, label: string, attributes: Html): Html {
  const value = textOf(entered.fields[name]);
  return html`<label
    >${label}
    <input name="${name}" value="${value}" ${attributes} required />
    ${mistake(entered, name)}
  </label>`;
}

export function select(
  entered: Entered,
  name: string,
  label: string,
  options: Readonly<Record<string, string>>,
  chosen: string,
): Html {
  const value = textOf(entered.fields[name]) || chosen;
  return html`<label
    >${label}
    <select name="${name}">
      ${Object.entries(options).map(
        ([key, text]) => html`<option value="${key}" ${key === value && html`selected`}>${text}</option>`,
      )}
    </select>
    ${mistake(entered, name)}
  </label>`;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function mistake({ mistakes }: Entered, name: string): Html {
  return html`${mistakes[name] && html`<em>${mistakes[name]}</em>`}`;
}
