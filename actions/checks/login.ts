import type { Context } from "../action.ts";
import { defineCheck, fail, pass } from "../check.ts";
import { type Answer, request } from "./request.ts";

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
    const visitor = browse(args, context);
    const before = await visitor(args.page);
    if (before.status === 200) return fail(`${args.page} is shown to everybody: it proves no login`);
    const form = await visitor(args.path);
    if (form.status !== 200) return fail(`${args.path} answered ${form.status}, want 200`);
    const password = context.secret(args.password);
    const sent = await visitor(args.path, {
      ...hidden(form.text),
      [args.fields.user]: args.user,
      [args.fields.password]: password,
    });
    if (sent.status >= 400) return fail(`login of ${args.user} at ${args.path} answered ${sent.status}`);
    const page = await visitor(args.page);
    if (page.status !== 200) return fail(`${args.page} answered ${page.status} after the login of ${args.user}`);
    const left = await visitor(args.logout, hidden(page.text));
    if (left.status >= 400) return fail(`${args.logout} answered ${left.status}`);
    const after = await visitor(args.page);
    if (after.status === 200) return fail(`${args.page} is still shown after logging out`);
    return pass(`${args.user} logged in, saw ${args.page} and logged out`);
  },
);

type Visitor = (path: string, form?: Record<string, string>) => Promise<Answer>;

/** A browser's memory of cookies around `request`. */
function browse({ address, timeoutSeconds }: Args, { signal }: Context): Visitor {
  const cookies = new Map<string, string>();
  return async (path, form) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await request(new URL(path, address).href, {
      signal,
      timeoutSeconds,
      headers: cookie === "" ? {} : { cookie },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s);
      if (value === "" || /;\s*max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
}

/** The hidden fields of a page's forms. */
function hidden(html: string): Record<string, string> {
  const inputs = html.match(/<input\b[^>]*>/gi) ?? [];
  const attribute = (input: string, name: string): string | undefined => {
    const [, double, single] = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`, "i").exec(input) ?? [];
    return double ?? single;
  };
  return Object.fromEntries(
    inputs
      .filter((input) => attribute(input, "type") === "hidden")
      .map((input) => [attribute(input, "name") ?? "", attribute(input, "value") ?? ""]),
  );
}
