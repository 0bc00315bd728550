import type { Context, Zod } from "../action.ts";
import { type SecretReference, secretSchema } from "../secret.ts";
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
}

export const signInSchema = (z: Zod) =>
  z.strictObject({
    path: z.string().startsWith("/").default("/login").describe("page with the form"),
    user: z.string().min(1).describe("who signs in"),
    password: secretSchema(z).describe("where the password is found"),
    fields: z
      .strictObject({ user: z.string().min(1), password: z.string().min(1) })
      .default({ user: "email", password: "password" })
      .describe("names of the form's fields"),
  });

/**
 * Signs a visitor in, with the hidden fields that the form has. Returns what went wrong, undefined for nothing; whether
 * the visitor now sees more is for the check to find out. Errors: there is no such secret; no answer.
 */
export async function signIn(
  { visit }: Visitor,
  { path, user, password, fields }: SignIn,
  { secret }: Pick<Context, "secret">,
): Promise<string | undefined> {
  const form = await visit(path);
  if (form.status !== 200) return `${path} answered ${form.status}, want 200`;
  const typed = { [fields.user]: user, [fields.password]: secret(password) };
  const sent = await visit(path, { form: { ...hiddenFields(form.text), ...typed } });
  return sent.status >= 400 ? `login of ${user} at ${path} answered ${sent.status}` : undefined;
}
