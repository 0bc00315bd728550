import { type Context, Refusal, type Zod } from "../action.ts";
import { type SecretReference, secretSchema } from "../secret.ts";
import { plain } from "../plain.ts";
import { shorten } from "../shorten.ts";
import { type Answer, request } from "./request.ts";

/** Where a repository's forge (GitHub, GitLab) is asked about it. */
export interface ForgeArgs {
  readonly provider: "github" | "gitlab";
  readonly api?: string | undefined;
  readonly repository: string;
  readonly token?: SecretReference | undefined;
  readonly timeoutSeconds: number;
}

/** A JSON object of an answer, of which nothing is known yet. */
export type Entry = Readonly<Record<string, unknown>>;

/** The arguments of every check that asks a forge. */
export const forgeFields = (z: Zod) => ({
  api: z
    .url()
    .optional()
    .describe("address of the REST interface; default https://api.github.com, https://gitlab.com/api/v4"),
  repository: z
    .string()
    .regex(
      /^(\d+|(?!\.{1,2}\/)[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)+)$/,
      "is no repository: write owner/name, or the number of a GitLab project",
    )
    .describe("owner/name; for GitLab its whole path, or its number"),
  token: secretSchema(z)
    .optional()
    .describe("where a token is found that may read the repository; public ones need none"),
  timeoutSeconds: z.number().positive().max(60).default(10).describe("for each request"),
});

export const commitSchema = (z: Zod) =>
  z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .describe("full id of the commit");

/** Of one list. More is not read: it would take the rate limit of others. */
const mostPages = 20;
const perPage = 100;

export interface Forge {
  /** Name of the provider, as people write it. */
  readonly name: string;
  /** One object. */
  readonly read: (path: string) => Promise<Entry>;
  /** All pages of a list, which stands in the answer itself or under `key`. */
  readonly list: (path: string, key?: string) => Promise<Entry[]>;
}

/**
 * A forge's interface, below the repository: paths begin with `/`. Errors, each with what to do: no answer, no right to
 * read, no such repository or commit, rate limit, an answer that is not as documented.
 */
export function openForge(args: ForgeArgs, { signal, secret }: Pick<Context, "signal" | "secret">): Forge {
  const isGithub = args.provider === "github";
  const name = isGithub ? "GitHub" : "GitLab";
  const api = (args.api ?? (isGithub ? "https://api.github.com" : "https://gitlab.com/api/v4")).replace(/\/+$/, "");
  const base = isGithub ? `${api}/repos/${args.repository}` : `${api}/projects/${encodeURIComponent(args.repository)}`;
  const token = args.token === undefined ? undefined : secret(args.token);
  const headers = isGithub ? githubHeaders(token) : token === undefined ? {} : { "private-token": token };
  const get = async (url: string): Promise<Answer> => {
    const answer = await request(url, {
      signal,
      timeoutSeconds: args.timeoutSeconds,
      headers: { "user-agent": "switchback", ...headers },
    });
    if (answer.status !== 200) throw new Refusal(refusal(name, args, answer, token !== undefined));
    return answer;
  };
  return {
    name,
    read: async (path) => entry(name, parse(name, (await get(base + path)).text)),
    list: async (path, key) => {
      const entries: Entry[] = [];
      let url: string | undefined = `${base}${path}${path.includes("?") ? "&" : "?"}per_page=${perPage}`;
      for (let page = 0; url !== undefined; page++) {
        if (page === mostPages) throw new Refusal(`${name} lists more than ${mostPages * perPage} at ${path}`);
        const answer: Answer = await get(url);
        const body = parse(name, answer.text);
        const part = key === undefined ? body : entry(name, body)[key];
        if (!Array.isArray(part)) throw new Refusal(`${name} answered ${path} with something other than a list`);
        entries.push(...part.map((one) => entry(name, one)));
        url = nextPage(name, url, answer);
      }
      return entries;
    },
  };
}

const githubHeaders = (token: string | undefined): Record<string, string> => ({
  accept: "application/vnd.github+json",
  "x-github-api-version": "2022-11-28",
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

/** The address of the next page. Errors: it is at another place, which is not to get the token. */
function nextPage(name: string, url: string, { headers }: Answer): string | undefined {
  const link = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(headers.get("link") ?? "")?.[1];
  if (link !== undefined) {
    const next = new URL(link, url);
    if (next.origin === new URL(url).origin) return next.href;
    throw new Refusal(`${name} says that the next page is at ${next.origin}, which is not asked`);
  }
  const page = headers.get("x-next-page");
  if (page === null || !/^\d+$/.test(page)) return undefined;
  const next = new URL(url);
  next.searchParams.set("page", page);
  return next.href;
}

/** Why there is no answer to judge, and what to do about it. */
function refusal(name: string, args: ForgeArgs, { status, headers, text }: Answer, hasToken: boolean): string {
  const wait = waitFor(headers);
  const isLimit = status === 429 || (status === 403 && (wait !== undefined || /rate limit/i.test(text)));
  if (isLimit)
    return `${name}'s rate limit is used up: try again ${wait ?? "in a minute"}${hasToken ? "" : ", or with a token"}`;
  if (status === 401) return `${name} does not accept the token (401): make a new one`;
  if (status === 403) {
    const whom = hasToken ? "does not let this token" : "lets nobody without a token";
    return `${name} ${whom} read ${args.repository} (403): ${hasToken ? "give it the right" : "name one"}`;
  }
  if (status === 404)
    return `${name} knows no such repository or commit in ${args.repository} (404): push it, or ${hasToken ? "give the token the right to read it" : "name a token if it is private"}`;
  if (status === 422) return `${name} knows no such commit in ${args.repository} (422): push it`;
  if (status >= 300 && status < 400) return `${name} has moved ${args.repository} (${status}): name its new place`;
  return `${name} answered ${status}`;
}

/** When the rate limit is over, as far as the headers tell. */
function waitFor(headers: Headers): string | undefined {
  const seconds = headers.get("retry-after");
  if (seconds !== null && /^\d+$/.test(seconds)) return `in ${seconds} s`;
  if ((headers.get("x-ratelimit-remaining") ?? headers.get("ratelimit-remaining")) !== "0") return undefined;
  const reset = Number(headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset") ?? Number.NaN);
  const at = new Date(reset * 1000);
  return Number.isNaN(at.valueOf()) ? "in a minute" : `at ${at.toISOString().slice(11, 16)} UTC`;
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(`${name} answered 200, but not with JSON`);
  }
}

function entry(name: string, value: unknown): Entry {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Entry;
  throw new Refusal(`${name} answered 200, but not as documented`);
}

/** A text at a dotted path of an entry, as it may be shown; empty where there is none. */
export function textAt(from: Entry, path: string): string {
  const value = path
    .split(".")
    .reduce<unknown>(
      (inner, key) => (typeof inner === "object" && inner !== null ? (inner as Entry)[key] : undefined),
      from,
    );
  return typeof value === "string" ? plain(value) : typeof value === "number" ? String(value) : "";
}

/** A title or name in a line of its own kind. */
export const brief = (text: string): string => shorten(text.replace(/\s+/g, " ").trim(), 60);
