import type { Context, Zod } from "../action.ts";
import { type SecretReference, secretSchema } from "../secret.ts";
import { type CsrfCookie, csrfCookieSchema, tokenOf } from "./csrf-cookie.ts";
import { hiddenFields } from "./form.ts";
import type { Visitor } from "./visitor.ts";

/** Who signs in, and by which form. */
export interface SignIn {
  /** Path of the page with the form, which is sent to where it came from. */
  readonly path: string;
  readonly user: string;
  readonly password: SecretReference;
  /** Names of the form's fields. */
  readonly fields: { readonly user: string; readonly password: string };
  /** Default: as a form. JSON is sent without asking for a form first. */
  readonly as?: "form" | "json" | undefined;
  readonly csrfCookie?: CsrfCookie | undefined;
}

/** The arguments of signing in, for a check that has them among its own. */
export const signInShape = (z: Zod) => ({
  path: z.string().startsWith("/").default("/login").describe("page with the form"),
  user: z.string().min(1).describe("who signs in"),
  password: secretSchema(z).describe("where the password is found"),
  fields: z
    .strictObject({
      user: z.string().min(1).describe("field of the name"),
      password: z.string().min(1).describe("field of the password"),
    })
    .default({ user: "email", password: "password" })
    .describe("names of the form's fields"),
  as: z.enum(["form", "json"]).optional().describe("how name and password are sent; default: as a form"),
  csrfCookie: csrfCookieSchema(z).optional().describe("the CSRF token, where it is a cookie and no hidden field"),
});

export const signInSchema = (z: Zod) => z.strictObject(signInShape(z));

/**
 * Signs a visitor in, with the hidden fields that the form has. Returns what went wrong, undefined for nothing; whether
 * the visitor now sees more is for the check to find out. Errors: there is no such secret; no answer.
 */
export async function signIn(
  { visit, cookies }: Visitor,
  { path, user, password, fields, as = "form", csrfCookie }: SignIn,
  { secret }: Pick<Context, "secret">,
): Promise<string | undefined> {
  const form = as === "form" ? await visit(path) : undefined;
  if (form && form.status !== 200) return `${path} answered ${form.status}, want 200`;
  if (csrfCookie && !cookies.has(csrfCookie.cookie)) {
    const page = csrfCookie.page ?? path;
    if (page !== path || !form) await visit(page);
    if (!cookies.has(csrfCookie.cookie)) return `${page} set no cookie ${csrfCookie.cookie}`;
  }
  const token = tokenOf(cookies, csrfCookie);
  const typed = { ...token.fields, [fields.user]: user, [fields.password]: secret(password) };
  const hidden = form ? hiddenFields(form.text, { field: fields.password }) : {};
  const body = as === "json" ? { json: typed } : { form: { ...hidden, ...typed } };
  const sent = await visit(path, { ...body, headers: token.headers });
  return sent.status >= 400 ? `login of ${user} at ${path} answered ${sent.status}` : undefined;
}
