import { type Answer, request, type RequestOptions } from "./request.ts";
import { parseSetCookie, type SetCookie } from "./set-cookie.ts";

/** What a visitor sends along: a form, JSON, or neither. */
export interface Sent {
  /** Default: GET, and POST for what has a body. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** A body of several parts, as an upload has it. */
  readonly parts?: FormData;
}

/** Somebody with a browser's memory of cookies. Redirects are not followed. */
export interface Visitor {
  readonly visit: (path: string, sent?: Sent) => Promise<Answer>;
  /** The cookies that the site has set and not taken back. */
  readonly cookies: ReadonlyMap<string, string>;
}

/**
 * A new visitor of the site at `address`, who knows no cookie but those given. Cookies go to that site only, wherever a
 * path leads; their Path and Domain are not looked at, as a check visits one application.
 */
export function newVisitor(
  address: string,
  { signal, timeoutSeconds }: Pick<RequestOptions, "signal" | "timeoutSeconds">,
  known: Iterable<readonly [string, string]> = [],
): Visitor {
  const cookies = new Map<string, string>(known);
  return {
    cookies,
    visit: async (path, sent = {}) => {
      const url = new URL(path, address);
      const own = url.origin === new URL(address).origin;
      const { headers, ...message } = messageOf(sent);
      const answer = await request(url.href, {
        ...{ signal, timeoutSeconds, ...message },
        headers: { ...(own ? cookieHeader(cookies) : {}), ...headers, ...sent.headers },
      });
      if (own) remember(cookies, answer);
      return answer;
    },
  };
}

/** The cookies as a request's header; none for none. */
export function cookieHeader(cookies: Visitor["cookies"]): Record<string, string> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return cookie === "" ? {} : { cookie };
}

function messageOf({ method, form, json, parts }: Sent): Pick<RequestOptions, "method" | "headers" | "body"> {
  if (form) return { method: method ?? "POST", body: new URLSearchParams(form) };
  if (parts) return { method: method ?? "POST", body: parts };
  if (json !== undefined) {
    return {
      method: method ?? "POST",
      body: JSON.stringify(json),
      headers: { "content-type": "application/json" },
    };
  }
  return method === undefined ? {} : { method };
}

function remember(cookies: Map<string, string>, { headers }: Answer): void {
  for (const cookie of headers.getSetCookie().map(parseSetCookie)) {
    const { name, value, isKept } = cookie;
    if (name === "" || !mayBeSet(cookie)) continue;
    if (isKept) cookies.set(name, value);
    else cookies.delete(name);
  }
}

/** What browsers ask of the two prefixes: a login that rests on a cookie they refuse works for nobody. */
function mayBeSet({ name, secure, path, domain }: SetCookie): boolean {
  if (/^__secure-/i.test(name)) return secure;
  if (!/^__host-/i.test(name)) return true;
  return secure && path === "/" && domain === "";
}
