import { defineCheck, fail, pass } from "../check.ts";
import { tokenOf } from "./csrf-cookie.ts";
import { hiddenFields } from "./form.ts";
import type { Answer } from "./request.ts";
import { signIn, signInShape } from "./sign-in.ts";
import { newVisitor } from "./visitor.ts";

/**
 * Passes when a person can log in by the form at `path`, sees `page`, logs out, and then no longer sees it.
 * Hidden fields of the forms (CSRF tokens) are sent along, cookies are kept, as a browser does. Fails when the page is shown
 * to everybody, too. Where there are several entrances (customers, staff), list the check once for each.
 */
export const login = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      address: z.url().describe("base address of the application"),
      ...signInShape(z),
      page: z.string().startsWith("/").describe("page that only a logged-in person gets"),
      contains: z
        .string()
        .min(1)
        .optional()
        .describe("what stands on that page; needed where it answers 200 to everybody"),
      logout: z
        .union([
          z.string().startsWith("/"),
          z.strictObject({
            path: z.string().startsWith("/").describe("path that logs out"),
            method: z.enum(["GET", "POST", "DELETE"]).describe("how it is asked"),
          }),
        ])
        .default("/logout")
        .describe("path that logs out; by POST unless a method is given"),
      serverSession: z
        .boolean()
        .optional()
        .describe("true where the server keeps the sessions: after the logout, the old cookies show nothing either"),
      timeoutSeconds: z.number().positive().max(300).default(10).describe("for each request"),
    }),
  async (args, context) => {
    const { address, user, page, contains, serverSession = false } = args;
    const limits = { signal: context.signal, timeoutSeconds: args.timeoutSeconds };
    const shown = ({ status, text }: Answer): boolean =>
      status === 200 && (contains === undefined || text.includes(contains));
    const visitor = newVisitor(address, limits);
    if (shown(await visitor.visit(page))) return fail(`${page} is shown to everybody: it proves no login`);
    const refused = await signIn(visitor, args, context);
    if (refused !== undefined) return fail(refused);
    const seen = await visitor.visit(page);
    if (seen.status !== 200) return fail(`${page} answered ${seen.status} after the login of ${user}`);
    if (!shown(seen)) return fail(`${page} answered 200 after the login of ${user}, but without "${contains ?? ""}"`);

    const old = new Map(visitor.cookies);
    const logout = typeof args.logout === "string" ? { path: args.logout, method: "POST" } : args.logout;
    const token = tokenOf(visitor.cookies, args.csrfCookie);
    const form = { ...hiddenFields(seen.text, { action: logout.path }), ...token.fields };
    const left = await visitor.visit(logout.path, {
      ...(logout.method === "POST" ? { form } : { method: logout.method }),
      headers: token.headers,
    });
    if (left.status >= 400) return fail(`${logout.path} answered ${left.status}`);
    if (shown(await visitor.visit(page))) return fail(`${page} is still shown after logging out`);
    if (serverSession && shown(await newVisitor(address, limits, old).visit(page)))
      return fail(`${page} is still shown to the cookies from before the logout: the session did not end`);
    return pass(`${user} logged in, saw ${page} and logged out`);
  },
  { timeoutSeconds: 120 },
);
