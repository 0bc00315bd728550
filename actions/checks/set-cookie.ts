/** A cookie as a site sets it. */
export interface SetCookie {
  readonly name: string;
  /** For the visitor who sends it back, and nobody else. */
  readonly value: string;
  /** False for a cookie that is taken back: without a value, or already over. */
  readonly isKept: boolean;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  /** In lower case, empty when it is not said. */
  readonly sameSite: string;
  /** Empty when it is not said. */
  readonly path: string;
  /** Empty when it is not said. */
  readonly domain: string;
  /** How long it lives; `undefined` for one that goes with the browser. */
  readonly maxAgeSeconds: number | undefined;
}

/** Reads the header Set-Cookie as a browser does (RFC 6265, section 5.2): of an attribute set twice the last one counts. */
export function parseSetCookie(line: string): SetCookie {
  const [pair = "", ...attributes] = line.split(";");
  const [name, value] = cut(pair);
  const said = new Map(attributes.map(cut).map(([key, text]) => [key.toLowerCase(), text]));
  const maxAgeSeconds = lifetimeOf(said);
  return {
    name,
    value,
    isKept: value !== "" && (maxAgeSeconds === undefined || maxAgeSeconds > 0),
    httpOnly: said.has("httponly"),
    secure: said.has("secure"),
    sameSite: said.get("samesite")?.toLowerCase() ?? "",
    path: said.get("path") ?? "",
    domain: said.get("domain") ?? "",
    maxAgeSeconds,
  };
}

function cut(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

/** Max-Age goes before Expires; what is neither a number nor a date is as if it were not there. */
function lifetimeOf(said: ReadonlyMap<string, string>): number | undefined {
  const maxAge = said.get("max-age") ?? "";
  if (/^-?\d+$/.test(maxAge)) return Number(maxAge);
  const expires = Date.parse(said.get("expires") ?? "");
  return Number.isNaN(expires) ? undefined : (expires - Date.now()) / 1000;
}
