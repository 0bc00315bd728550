import { defineCheck, fail, pass } from "../check.ts";
import { accepts, statusesInWords, statusesSchema, timeoutSchema } from "./http-arguments.ts";
import { request } from "./request.ts";
import { parseSetCookie, type SetCookie } from "./set-cookie.ts";

interface Wanted {
  readonly httpOnly?: true | undefined;
  readonly secure?: true | undefined;
  readonly sameSite?: "strict" | "lax" | "none" | undefined;
  readonly path?: string | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

/**
 * Passes when the answer of `url` sets the cookie `name` with all attributes that are wanted; fails with each that is
 * missing. What browsers demand of SameSite=None and of names with `__Host-` or `__Secure-` is always wanted.
 */
export const cookie = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      url: z.url().describe("address whose answer sets the cookie; redirects are not followed"),
      status: statusesSchema(z).default(200).describe("status to be answered, or a list of those accepted"),
      name: z.string().min(1).describe("name of the cookie"),
      httpOnly: z.literal(true).optional().describe("no script may read it"),
      secure: z.literal(true).optional().describe("it is sent over https only"),
      sameSite: z.enum(["strict", "lax", "none"]).optional().describe("which other sites' requests it goes with"),
      path: z.string().startsWith("/").optional().describe("path for which it is set"),
      maxAgeSeconds: z
        .int()
        .positive()
        .optional()
        .describe("lives for at least so many seconds, by Max-Age or Expires"),
      timeoutSeconds: timeoutSchema(z),
    }),
  async ({ url, status, name, timeoutSeconds, ...wanted }, { signal }) => {
    const answer = await request(url, { signal, timeoutSeconds });
    if (!accepts(status, answer.status))
      return fail(`${url} answered ${answer.status}, want ${statusesInWords(status)}`);
    const set = answer.headers
      .getSetCookie()
      .map(parseSetCookie)
      .filter((each) => each.name === name);
    if (set.length === 0) return fail(`${url} does not set the cookie ${name}`);
    if (!set.every(({ isKept }) => isKept)) return fail(`${url} takes the cookie ${name} back`);
    // Of several (for different paths or domains) a browser may keep each.
    const missing = [...new Set(set.flatMap((each) => missingIn(each, withRules(name, wanted))))];
    if (missing.length > 0) return fail(`${url} sets ${name} without ${missing.join(", ")}`);
    return pass(`${url} sets ${name}${set[0] ? inWords(set[0]) : ""}`);
  },
  { quick: true },
);

/** Browsers throw away a cookie that breaks these (RFC 6265bis). */
function withRules(name: string, wanted: Wanted): Wanted & { readonly noDomain: boolean } {
  const isHost = /^__Host-/i.test(name);
  const isSecure = isHost || /^__Secure-/i.test(name) || wanted.sameSite === "none";
  return { ...wanted, ...(isSecure ? { secure: true } : {}), ...(isHost ? { path: "/" } : {}), noDomain: isHost };
}

function missingIn(set: SetCookie, wanted: ReturnType<typeof withRules>): string[] {
  const said = (text: string): string => (text === "" ? "" : ` (it is ${text})`);
  const { maxAgeSeconds: lives } = set;
  return [
    ...(wanted.httpOnly && !set.httpOnly ? ["HttpOnly"] : []),
    ...((wanted.secure ?? set.sameSite === "none") && !set.secure ? ["Secure"] : []),
    ...(wanted.sameSite !== undefined && set.sameSite !== wanted.sameSite
      ? [`SameSite=${wanted.sameSite}${said(set.sameSite)}`]
      : []),
    ...(wanted.path !== undefined && set.path !== wanted.path ? [`Path=${wanted.path}${said(set.path)}`] : []),
    ...(wanted.noDomain && set.domain !== "" ? [`being for this host only (it is for ${set.domain})`] : []),
    ...(wanted.maxAgeSeconds !== undefined && !(lives !== undefined && lives >= wanted.maxAgeSeconds)
      ? [`a life of ${wanted.maxAgeSeconds} s${lives === undefined ? "" : said(`${Math.round(lives)} s`)}`]
      : []),
  ];
}

function inWords({ httpOnly, secure, sameSite, path, maxAgeSeconds }: SetCookie): string {
  const words = [
    ...(httpOnly ? ["HttpOnly"] : []),
    ...(secure ? ["Secure"] : []),
    ...(sameSite === "" ? [] : [`SameSite=${sameSite}`]),
    ...(path === "" ? [] : [`Path=${path}`]),
    ...(maxAgeSeconds === undefined ? [] : [`lives ${Math.round(maxAgeSeconds)} s`]),
  ];
  return words.length === 0 ? "" : `: ${words.join(", ")}`;
}
