import type { Zod } from "../action.ts";
import { defineCheck, fail, pass, unknown } from "../check.ts";
import { secretSchema } from "../secret.ts";
import {
  accepts,
  bearerHeader,
  headerNameSchema,
  sentHeadersSchema,
  statusesInWords,
  statusesSchema,
  targetInWords,
  timeoutSchema,
} from "./http-arguments.ts";
import { type Answer, request } from "./request.ts";

interface Wanted {
  readonly headers?: Readonly<Record<string, string | { readonly contains: string }>> | undefined;
  readonly contains?: string | readonly string[] | undefined;
  readonly lacks?: readonly string[] | undefined;
  readonly location?: string | undefined;
}

/**
 * Passes when `url` answers with `status`, with the headers and the redirect's target that are wanted, and with a body that
 * holds all of `contains` and nothing of `lacks`; fails otherwise. Redirects are not followed.
 */
export const http = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        url: z.url().describe("address to ask"),
        method: z
          .enum(["GET", "HEAD", "POST"])
          .optional()
          .describe("default GET; a preview sends no POST, and cannot tell then"),
        send: sentHeadersSchema(z),
        body: z.string().optional().describe("body to send with a POST; `send` says its content-type"),
        bearer: secretSchema(z).optional().describe("token for the header `Authorization: Bearer`"),
        status: statusesSchema(z).default(200).describe("status to be answered, or a list of those accepted"),
        headers: headersSchema(z)
          .optional()
          .describe("headers to be answered: their text, or { contains: part of it }"),
        contains: z
          .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
          .optional()
          .describe("text, or several, to be found in the body"),
        lacks: z.array(z.string().min(1)).min(1).optional().describe("texts that must not be in the body"),
        location: z
          .string()
          .min(1)
          .optional()
          .describe("where a redirect must lead: an absolute URL, or a path on the same host"),
        timeoutSeconds: timeoutSchema(z),
      })
      .refine(({ body, method }) => body === undefined || method === "POST", {
        error: 'only a POST has a body: add method: "POST"',
        path: ["body"],
      })
      .refine(({ method, contains, lacks }) => method !== "HEAD" || (contains ?? lacks) === undefined, {
        error: "the answer to a HEAD has no body to look into: ask with GET",
        path: ["method"],
      })
      .refine(({ location, status }) => location === undefined || [status].flat().every(isRedirect), {
        error: "only a redirect has a location: give its status, such as 302, or [301, 308]",
        path: ["location"],
      }),
  async ({ url, method, send, body, bearer, status, timeoutSeconds, ...wanted }, context) => {
    // Outside of a rollout everything only looks, and a POST may do something.
    if (method === "POST" && context.rollout === "") return unknown(`${url}: a preview sends no POST`);
    const answer = await request(url, {
      ...{ signal: context.signal, timeoutSeconds },
      ...(method === undefined ? {} : { method }),
      ...(body === undefined ? {} : { body }),
      headers: { ...send, ...bearerHeader(bearer, context) },
    });
    const answered = `${url} answered ${answer.status}`;
    if (!accepts(status, answer.status)) return fail(`${answered}, want ${statusesInWords(status)}`);
    const wrong = faultsOf(url, answer, wanted);
    return wrong.length > 0 ? fail(`${answered}, but ${wrong.join(", ")}`) : pass(answered);
  },
  { quick: true },
);

const isRedirect = (status: number): boolean => status === 201 || (status >= 300 && status < 400);

const headersSchema = (z: Zod) =>
  z
    .record(headerNameSchema(z), z.union([z.string().min(1), z.strictObject({ contains: z.string().min(1) })]))
    .refine((headers) => Object.keys(headers).length > 0, "expects no header: name one and its text, or leave it out")
    .refine(
      (headers) => Object.keys(headers).every((name) => name.toLowerCase() !== "set-cookie"),
      "a cookie is a secret, and no fixed text: the check `cookie` looks at it",
    );

function faultsOf(
  url: string,
  answer: Answer,
  { headers = {}, contains = [], lacks = [], location }: Wanted,
): string[] {
  const quoted = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(", ");
  const missing = [contains].flat().filter((text) => !answer.text.includes(text));
  const present = lacks.filter((text) => answer.text.includes(text));
  return [
    ...Object.entries(headers).flatMap(([name, want]) => headerFault(name, answer.headers.get(name), want)),
    ...(location === undefined ? [] : locationFault(url, answer.headers.get("location"), location)),
    ...(missing.length > 0 ? [`without ${quoted(missing)}`] : []),
    ...(present.length > 0 ? [`with ${quoted(present)}`] : []),
  ];
}

function headerFault(name: string, value: string | null, want: string | { readonly contains: string }): string[] {
  const isRight = typeof want === "string" ? value === want : value?.includes(want.contains);
  if (isRight) return [];
  const wanted = typeof want === "string" ? `"${want}"` : `something with "${want.contains}"`;
  return [value === null ? `without the header ${name}, want ${wanted}` : `${name} is "${value}", want ${wanted}`];
}

/** Both are taken as a browser takes them: seen from `url`. */
function locationFault(url: string, value: string | null, want: string): string[] {
  if (value === null) return [`without a location, want ${want}`];
  const isRight = URL.parse(value, url)?.href === URL.parse(want, url)?.href;
  return isRight ? [] : [`leads to ${targetInWords(value, url) ?? "nowhere"}, want ${want}`];
}
