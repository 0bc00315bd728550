import { defineCheck, fail, pass } from "../check.ts";
import { hiddenFields } from "./form.ts";
import { signIn } from "./sign-in.ts";
import { newVisitor } from "./visitor.ts";

interface Args {
  /** Base address of the application. */
  readonly address: string;
  readonly path: string;
  readonly user: string;
  readonly password: string;
  readonly fields: { readonly user: string; readonly password: string };
  readonly page: string;
  readonly logout: string;
  readonly timeoutSeconds: number;
}

/**
 * Passes when a person can log in by the form at `path`, sees `page`, logs out, and then no longer sees it.
 * Hidden fields of the forms (CSRF tokens) are sent along, cookies are kept, as a browser does.
 */
export const login = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      address: z.url(),
      path: z.string().startsWith("/").default("/login"),
      user: z.string().min(1),
      /** Name of the secret that holds the password. */
      password: z.string().min(1),
      fields: z
        .strictObject({ user: z.string().min(1), password: z.string().min(1) })
        .default({ user: "email", password: "password" }),
      /** A page that only a logged-in person gets. */
      page: z.string().startsWith("/"),
      logout: z.string().startsWith("/").default("/logout"),
      timeoutSeconds: z.number().positive().max(300).default(10),
    }),
  async (args, context) => {
    const visitor = newVisitor(args.address, { signal: context.signal, timeoutSeconds: args.timeoutSeconds });
    const { visit } = visitor;
    const before = await visit(args.page);
    if (before.status === 200) return fail(`${args.page} is shown to everybody: it proves no login`);
    const refused = await signIn(visitor, args, context);
    if (refused !== undefined) return fail(refused);
    const page = await visit(args.page);
    if (page.status !== 200) return fail(`${args.page} answered ${page.status} after the login of ${args.user}`);
    const left = await visit(args.logout, { form: hiddenFields(page.text) });
    if (left.status >= 400) return fail(`${args.logout} answered ${left.status}`);
    const after = await visit(args.page);
    if (after.status === 200) return fail(`${args.page} is still shown after logging out`);
    return pass(`${args.user} logged in, saw ${args.page} and logged out`);
  },
);
