import { defineCheck, fail, pass, reason, unknown } from "../check.ts";
import { bareHost, bareRequest, type BareOptions, isClosed } from "./bare-request.ts";
import { connect } from "./connect.ts";
import { targetInWords, timeoutSchema } from "./http-arguments.ts";

type Plain = "redirect" | "closed" | "either";

interface Judged {
  readonly verdict: "pass" | "fail" | "unknown";
  readonly words: string;
}

/**
 * Passes when every address answers over https, and the same address over http redirects to https of the same host or takes
 * no connection, as `plain` says; fails otherwise.
 */
export const httpsOnly = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      urls: z
        .array(z.url({ protocol: /^https$/, error: "want an address with https" }))
        .min(1)
        .max(50)
        .describe("https addresses, at most 50; each must answer with a status below 500"),
      plain: z
        .enum(["redirect", "closed", "either"])
        .default("either")
        .describe("what http must do: redirect (301, 302, 307, 308) to https, be closed, or either of them"),
      plainPort: z.int().min(1).max(65535).default(80).describe("port on which http is asked"),
      timeoutSeconds: timeoutSchema(z),
    }),
  async ({ urls, plain, plainPort, timeoutSeconds }, { signal }) => {
    const limits = { signal, timeoutSeconds };
    const judged = await Promise.all(
      urls.map((url) => judge(url, plain, plainPort, limits).catch((error: unknown) => lost(url, error))),
    );
    const wordsOf = (verdict: Judged["verdict"]): string[] =>
      judged.filter((each) => each.verdict === verdict).map(({ words }) => words);
    const [wrong, unclear] = [wordsOf("fail"), wordsOf("unknown")];
    if (wrong.length > 0) return fail(wrong.join("; "));
    return unclear.length > 0 ? unknown(unclear.join("; ")) : pass(wordsOf("pass").join("; "));
  },
  { quick: true },
);

const lost = (url: string, error: unknown): Judged => ({ verdict: "unknown", words: `${url}: ${reason(error)}` });

async function judge(url: string, plain: Plain, plainPort: number, limits: BareOptions): Promise<Judged> {
  const { status } = await bareRequest(url, limits);
  if (status >= 500) return { verdict: "fail", words: `${url} answered ${status}` };
  const plainUrl = new URL(url);
  plainUrl.protocol = "http:";
  plainUrl.port = String(plainPort);
  const seen = await askPlain(plainUrl, url, limits);
  const words = `${plainUrl.href} ${seen.words}`;
  const isRight = plain === "either" ? seen.is !== "open" : seen.is === plain;
  return isRight
    ? { verdict: "pass", words: `${url} answered ${status}, ${words}` }
    : { verdict: "fail", words: `${words}, want ${wants[plain]}` };
}

interface Seen {
  readonly is: "redirect" | "closed" | "open";
  readonly words: string;
}

async function askPlain(plainUrl: URL, url: string, limits: BareOptions): Promise<Seen> {
  const closed: Seen = { is: "closed", words: "is closed" };
  if ((await connect(bareHost(plainUrl.hostname), Number(plainUrl.port || 80), limits)) !== "open") return closed;
  try {
    const { status, headers } = await bareRequest(plainUrl.href, limits);
    if (![301, 302, 307, 308].includes(status)) return { is: "open", words: `answered ${status}` };
    const location = headers.location ?? "";
    const target = URL.parse(location, plainUrl.href);
    const isHttps = target?.protocol === "https:" && target.host === new URL(url).host;
    return {
      is: isHttps ? "redirect" : "open",
      words: `leads to ${targetInWords(location, plainUrl.href) ?? "nowhere"}`,
    };
  } catch (error) {
    if (isClosed(error)) return closed;
    throw error;
  }
}

const wants: Readonly<Record<Plain, string>> = {
  redirect: "a redirect to https of the same host",
  closed: "no connection",
  either: "a redirect to https of the same host, or no connection",
};
