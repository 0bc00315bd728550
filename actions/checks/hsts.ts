import { defineCheck, fail, pass, warn } from "../check.ts";
import { timeoutSchema } from "./http-arguments.ts";
import { request } from "./request.ts";

interface Policy {
  readonly maxAge: number | undefined;
  readonly includeSubDomains: boolean;
  readonly preload: boolean;
}

/**
 * Passes when the answer of `url` carries Strict-Transport-Security for at least `maxAgeSeconds` and with the directives
 * wanted; warns below `targetSeconds`, fails otherwise. Only https counts: browsers ignore the header over http.
 */
export const hsts = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        url: z
          .url({ protocol: /^https$/, error: "want an address with https: over http browsers ignore HSTS" })
          .describe("https address whose answer carries the header (RFC 6797, section 8.1)"),
        maxAgeSeconds: z
          .int()
          .positive()
          .default(180 * 24 * 3600)
          .describe("shortest time for which browsers are told to use https; default 180 days"),
        targetSeconds: z
          .int()
          .positive()
          .optional()
          .describe("warns below this; https://hstspreload.org wants one year, 31536000"),
        includeSubDomains: z.literal(true).optional().describe("includeSubDomains must be there"),
        preload: z.literal(true).optional().describe("preload must be there"),
        timeoutSeconds: timeoutSchema(z),
      })
      .refine(({ maxAgeSeconds, targetSeconds = maxAgeSeconds }) => targetSeconds >= maxAgeSeconds, {
        error: "the target is below what fails: want at least maxAgeSeconds",
        path: ["targetSeconds"],
      }),
  async ({ url, maxAgeSeconds, targetSeconds, includeSubDomains, preload, timeoutSeconds }, { signal }) => {
    const { status, headers } = await request(url, { signal, timeoutSeconds });
    if (status >= 500) return fail(`${url} answered ${status}`);
    const value = headers.get("strict-transport-security");
    if (value === null) return fail(`${url} answered ${status} without Strict-Transport-Security`);
    const policy = parse(value);
    const missing = [
      ...(policy.maxAge === undefined ? ["a valid max-age"] : []),
      ...(includeSubDomains && !policy.includeSubDomains ? ["includeSubDomains"] : []),
      ...(preload && !policy.preload ? ["preload"] : []),
    ];
    const seen = `${url}: Strict-Transport-Security: ${value}`;
    if (missing.length > 0 || policy.maxAge === undefined) return fail(`${seen}, without ${missing.join(", ")}`);
    if (policy.maxAge < maxAgeSeconds) return fail(`${seen}, want a max-age of at least ${maxAgeSeconds}`);
    return targetSeconds !== undefined && policy.maxAge < targetSeconds
      ? warn(`${seen}, less than ${targetSeconds}`)
      : pass(seen);
  },
  { quick: true },
);

/** RFC 6797, sections 6.1 and 8.1: of several headers the first counts, and one with a directive twice is invalid. */
function parse(value: string): Policy {
  const directives = (value.split(",")[0] ?? "")
    .split(";")
    .map((directive) => directive.split("=", 2).map((part) => part.trim()))
    .filter(([name]) => name !== "")
    .map(([name = "", text = ""]): [string, string] => [name.toLowerCase(), text]);
  const said = new Map(directives);
  const [, seconds] = /^"?(\d+)"?$/.exec(said.get("max-age") ?? "") ?? [];
  return {
    maxAge: seconds === undefined || said.size < directives.length ? undefined : Number(seconds),
    includeSubDomains: said.has("includesubdomains"),
    preload: said.has("preload"),
  };
}
