import { type Answer, request, type RequestOptions } from "./request.ts";

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

/** A new visitor of the site at `address`, who knows no cookie yet. */
export function newVisitor(
  address: string,
  { signal, timeoutSeconds }: Pick<RequestOptions, "signal" | "timeoutSeconds">,
): Visitor {
  const cookies = new Map<string, string>();
  return {
    cookies,
    visit: async (path, sent = {}) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const { headers, ...message } = messageOf(sent);
      const answer = await request(new URL(path, address).href, {
        ...{ signal, timeoutSeconds, ...message },
        headers: { ...(cookie === "" ? {} : { cookie }), ...headers, ...sent.headers },
      });
      remember(cookies, answer);
      return answer;
    },
  };
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
  for (const line of headers.getSetCookie()) {
    const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s);
    if (value === "" || /;\s*max-age=0/i.test(line)) cookies.delete(name.trim());
    else cookies.set(name.trim(), value);
  }
}
