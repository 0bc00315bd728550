import type { Answer } from "./request.ts";
import { hiddenFields } from "./form.ts";
import type { Visitor } from "./visitor.ts";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly flash?: string | undefined;
}

/** What of an answer others rely on, by what it is: `status`, `location`, `header NAME`, `cookies`, `flash`. */
export type Observed = Readonly<Record<string, string>>;

/** Answers by request: `GET /login`. */
export type Contract = Record<string, Observed>;

export interface Difference {
  readonly request: string;
  readonly what: string;
  readonly words: string;
}

/** Makes a request and reads what belongs to the contract. A form is sent with the hidden fields of its page. */
export async function observe(
  { visit }: Visitor,
  { method, path, form, flash }: Request,
  headers: readonly string[],
): Promise<Observed> {
  const page = form && (await visit(path));
  const answer = await visit(path, {
    method,
    ...(form ? { form: { ...hiddenFields(page?.text ?? ""), ...form } } : {}),
  });
  const location = answer.headers.get("location");
  const shown = flash === undefined || location === null ? answer : await visit(location);
  return {
    status: String(answer.status),
    ...(location === null ? {} : { location }),
    ...Object.fromEntries(headers.map((name) => [`header ${name.toLowerCase()}`, answer.headers.get(name) ?? "none"])),
    cookies: cookiesOf(answer),
    ...(flash === undefined ? {} : { flash: new RegExp(flash, "s").exec(shown.text)?.[1]?.trim() ?? "none" }),
  };
}

/** Names and attributes: values, and when they expire, differ every time. */
function cookiesOf({ headers }: Answer): string {
  const cookies = headers.getSetCookie().map((line) => {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const kept = attributes.filter((one) => !/^(expires|max-age)=/i.test(one)).sort();
    return [pair.split("=")[0], ...kept].join("; ");
  });
  return cookies.length === 0 ? "none" : cookies.sort().join(", ");
}

/** Everything in which the answers differ; requests that only one side has are left out. */
export function differences(before: Contract, now: Contract): Difference[] {
  return Object.entries(now).flatMap(([request, observed]) => {
    const was = before[request];
    if (was === undefined) return [];
    return [...new Set([...Object.keys(was), ...Object.keys(observed)])].flatMap((what) => {
      const [from, to] = [was[what] ?? "none", observed[what] ?? "none"];
      return from === to ? [] : [{ request, what, words: `${request}: ${what} ${from} → ${to}` }];
    });
  });
}

export const isAllowed = (
  { request, what }: Difference,
  allowed: readonly { readonly request: string; readonly what: string }[],
): boolean => allowed.some((one) => one.request === request && one.what === what);
