import { defineCheck, fail, pass } from "../check.ts";
import { parseJson } from "../json-file.ts";
import {
  accepts,
  headerNameSchema,
  sentHeadersSchema,
  statusesInWords,
  statusesSchema,
  timeoutSchema,
} from "./http-arguments.ts";
import { valueAt } from "./json-path.ts";
import type { Answer } from "./request.ts";
import { newVisitor, type Sent, type Visitor } from "./visitor.ts";

interface Endpoint {
  readonly path: string;
  readonly status: number | readonly number[];
  readonly cookie: string;
  readonly token?: string | undefined;
}

interface Protected {
  readonly path: string;
  readonly method: string;
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly json?: Readonly<Record<string, unknown>> | undefined;
  readonly send?: Readonly<Record<string, string>> | undefined;
  readonly header: string;
  readonly field?: string | undefined;
  readonly refused: number | readonly number[];
  readonly accepted: number | readonly number[];
}

/**
 * Passes when the CSRF endpoint answers and sets its cookie, and what is protected refuses a request without its token and
 * with a made-up one, and accepts it with the right one; fails otherwise.
 */
export const csrf = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      address: z.url().describe("base address of the application"),
      path: z.string().startsWith("/").describe("endpoint that hands out the token"),
      status: statusesSchema(z).default(200).describe("what the endpoint answers, or a list of statuses accepted"),
      cookie: z.string().min(1).describe("name of the cookie that the endpoint sets"),
      token: z
        .string()
        .min(1)
        .optional()
        .describe("where the token stands in the endpoint's JSON; without it the cookie's value is the token"),
      protected: z
        .strictObject({
          path: z.string().startsWith("/").describe("path that asks for the token"),
          method: z.enum(["POST", "PUT", "PATCH", "DELETE"]).default("POST").describe("how it is asked"),
          form: z.record(z.string(), z.string()).optional().describe("fields to send as a form"),
          json: z.record(z.string(), z.json()).optional().describe("what to send as JSON"),
          send: sentHeadersSchema(z),
          header: headerNameSchema(z).default("x-csrf-token").describe("header that carries the token"),
          field: z.string().min(1).optional().describe("field of the form or the JSON that carries it instead"),
          refused: statusesSchema(z).default([403, 419]).describe("answered without the token, and with a made-up one"),
          accepted: statusesSchema(z).default([200, 201, 202, 204]).describe("answered with the token"),
        })
        .refine(({ form, json }) => form === undefined || json === undefined, "want a form or JSON, not both")
        .refine(({ field, form, json }) => field === undefined || (form ?? json) !== undefined, {
          error: "a field is part of something: give form: {} or json: {}",
          path: ["field"],
        })
        .refine(({ refused, accepted }) => ![refused].flat().some((status) => accepts(accepted, status)), {
          error: "the same status cannot mean refused and accepted",
          path: ["accepted"],
        })
        .optional()
        .describe("a request that needs the token; it is really carried out. Without it only the endpoint is judged"),
      timeoutSeconds: timeoutSchema(z),
    }),
  async ({ address, protected: guarded, timeoutSeconds, ...endpoint }, { signal }) => {
    const visitor = newVisitor(address, { signal, timeoutSeconds });
    const first = await tokenOf(visitor, endpoint);
    if ("fault" in first) return fail(first.fault);
    const handedOut = `${endpoint.path} sets ${endpoint.cookie}`;
    if (guarded === undefined) return pass(handedOut);
    const { path, method, refused, accepted } = guarded;
    const answered = async (token?: string): Promise<number> =>
      (await visitor.visit(path, requestWith(guarded, token))).status;
    for (const [how, token] of [["without the token"], ["with a made-up token", "made-up"]] as const) {
      const status = await answered(token);
      if (!accepts(refused, status))
        return fail(`${method} ${path} ${how} answered ${status}, want ${statusesInWords(refused)}`);
    }
    // A site may change the token with every refusal.
    const last = await tokenOf(visitor, endpoint);
    if ("fault" in last) return fail(last.fault);
    const status = await answered(last.token);
    return accepts(accepted, status)
      ? pass(`${handedOut}; ${method} ${path} is refused without the token and answered ${status} with it`)
      : fail(`${method} ${path} with the token answered ${status}, want ${statusesInWords(accepted)}`);
  },
);

async function tokenOf(
  { visit, cookies }: Visitor,
  { path, status, cookie, token }: Endpoint,
): Promise<{ readonly token: string } | { readonly fault: string }> {
  const answer = await visit(path);
  if (!accepts(status, answer.status))
    return { fault: `${path} answered ${answer.status}, want ${statusesInWords(status)}` };
  const value = cookies.get(cookie);
  if (value === undefined) return { fault: `${path} does not set the cookie ${cookie}` };
  if (token === undefined) return { token: decoded(value) };
  const found = valueIn(answer, token);
  return found === undefined ? { fault: `${path} answered without a token at ${token}` } : { token: found };
}

function valueIn(answer: Answer, path: string): string | undefined {
  const value = valueAt(parseJson(answer.text), path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Cookies are often written as in a URL; scripts send what that means. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function requestWith({ method, form, json, send, header, field }: Protected, token?: string): Sent {
  const inField = token === undefined || field === undefined ? {} : { [field]: token };
  const inHeader = token === undefined || field !== undefined ? {} : { [header]: token };
  return {
    ...{ method, headers: { ...send, ...inHeader } },
    ...(form && { form: { ...form, ...inField } }),
    ...(json && { json: { ...json, ...inField } }),
  };
}
