import { defineCheck, fail, pass, unknown } from "../check.ts";
import type { Answer } from "./request.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { newVisitor } from "./visitor.ts";

/**
 * Passes when `user`, signed in, is refused on every route that `allowed` gets. Fails when a route lets the wrong person in,
 * or refuses in another way than it should. Cannot tell where a route is there for nobody, or where nothing shows that
 * `user` was signed in at all: then a stranger is refused, and no role was looked at.
 */
export const forbidden = defineCheck(
  import.meta.url,
  (z) => {
    const refusals = z.array(z.int().min(300).max(499)).min(1);
    return z
      .strictObject({
        address: z.url().describe("base address of the application"),
        routes: z.array(z.string().startsWith("/")).min(1).max(50).describe("paths that are asked for by GET"),
        user: signInSchema(z).describe("who may not see them"),
        allowed: signInSchema(z).describe("who may: the proof that they are there"),
        statuses: refusals.default([403]).describe("how the user is refused"),
        anonymous: refusals.optional().describe("how somebody who is not signed in is refused; default: not judged"),
        page: z
          .string()
          .startsWith("/")
          .optional()
          .describe(
            "page that the user gets when signed in, and strangers do not; needed where both get the same refusal",
          ),
        timeoutSeconds: z.number().positive().max(300).default(10).describe("for each request"),
      })
      .refine(({ user, allowed }) => user.user !== allowed.user || user.path !== allowed.path, {
        path: ["allowed"],
        message: "is the user who may not: name somebody else",
      });
  },
  async ({ address, routes, user, allowed, statuses, anonymous, page, timeoutSeconds }, context) => {
    const limits = { signal: context.signal, timeoutSeconds };
    const [stranger, low, high] = [
      newVisitor(address, limits),
      newVisitor(address, limits),
      newVisitor(address, limits),
    ];
    const refused = (await signIn(low, user, context)) ?? (await signIn(high, allowed, context));
    if (refused !== undefined) return fail(refused);

    const proof = page === undefined ? undefined : (await low.visit(page)).status;
    if (proof !== undefined && proof !== 200)
      return fail(`${page ?? ""} answered ${proof} after the login of ${user.user}`);

    const asked: Asked[] = [];
    for (const route of routes) {
      const [byStranger, byUser] = [await stranger.visit(route), await low.visit(route)];
      asked.push({ route, byStranger, byUser, byAllowed: await high.visit(route) });
    }
    const mayBeStranger = page === undefined && asked.every(isRefusedAlike);
    const wrong = asked
      .filter(isThere)
      .flatMap(({ route, byStranger, byUser }) => [
        ...wrongStatus(route, user.user, byUser, mayBeStranger ? undefined : statuses),
        ...wrongStatus(route, "a stranger", byStranger, anonymous),
      ]);
    if (wrong.length > 0) return fail(wrong.join("; "));
    const missing = asked.filter(({ byAllowed }) => byAllowed.status !== 200);
    if (missing.length > 0) {
      const answers = missing.map(({ route, byAllowed }) => `${route} answered ${byAllowed.status}`).join("; ");
      return unknown(`${allowed.user}, who is allowed, does not get in, so a refusal proves nothing: ${answers}`);
    }
    if (mayBeStranger)
      return unknown(
        `strangers are refused like ${user.user}, which proves no login: name a page that only the signed-in get`,
      );
    if (page !== undefined && (await stranger.visit(page)).status === 200)
      return unknown(`${page} is shown to everybody: it proves no login of ${user.user}`);
    return pass(`${user.user} is refused (${or(statuses)}) where ${allowed.user} gets in: ${routes.join(", ")}`);
  },
  { timeoutSeconds: 180 },
);

interface Asked {
  readonly route: string;
  readonly byStranger: Answer;
  readonly byUser: Answer;
  readonly byAllowed: Answer;
}

/** What is there for nobody is not refused to this one. */
const isThere = ({ byUser, byAllowed }: Asked): boolean => byAllowed.status === 200 || byUser.status < 300;

/** Who is refused in the same way as strangers may well be one: the login may have failed without a word. */
const isRefusedAlike = ({ byStranger, byUser }: Asked): boolean =>
  byUser.status >= 300 &&
  byStranger.status === byUser.status &&
  byStranger.headers.get("location") === byUser.headers.get("location");

function wrongStatus(route: string, who: string, { status }: Answer, want: readonly number[] | undefined): string[] {
  return want === undefined || want.includes(status) ? [] : [`${route} answered ${who} ${status}, want ${or(want)}`];
}

const or = (statuses: readonly number[]): string => statuses.join(" or ");
