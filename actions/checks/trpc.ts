import { defineCheck, fail, pass } from "../check.ts";
import { secretSchema } from "../secret.ts";
import { parseJson } from "../json-file.ts";
import { type CsrfCookie, csrfCookieSchema, tokenOf } from "./csrf-cookie.ts";
import { type Expectation, expectationInWords, expectationSchema, meets } from "./expectation.ts";
import { valueAt } from "./json-path.ts";
import { type ExpectedValues, expectedValuesSchema, shown, wrongValue } from "./json-values.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { newVisitor } from "./visitor.ts";

interface Call {
  readonly procedure: string;
  readonly input?: unknown;
  readonly expect?: ExpectedValues | undefined;
  readonly value?: Expectation | undefined;
}

/**
 * Passes when every tRPC call answers with the data that is expected (tRPC's HTTP RPC specification), alone or in a batch.
 * Fails with the code and the message of an error, and when the answer is none of tRPC's.
 */
export const trpc = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      address: z.url().describe("base address of the application"),
      path: z.string().startsWith("/").default("/api/trpc").describe("path under which the procedures are"),
      signIn: signInSchema(z).optional().describe("who signs in first; default: nobody"),
      csrfCookie: csrfCookieSchema(z)
        .optional()
        .describe("the CSRF token, where it is a cookie; default: as in signIn"),
      headers: z.record(z.string().min(1), z.string()).default({}).describe("further headers; no secrets"),
      bearer: secretSchema(z).optional().describe("where the token of an Authorization header is found"),
      type: z.enum(["query", "mutation"]).default("query").describe("queries go by GET, mutations by POST"),
      calls: z
        .array(
          z
            .strictObject({
              procedure: z
                .string()
                .regex(/^[\w.-]+$/, "must be a procedure, such as post.byId")
                .describe("path of the procedure, with dots"),
              input: z.json().optional().describe("its input; default: none"),
              expect: expectedValuesSchema(z).optional().describe("values in its data, by their paths"),
              value: expectationSchema(z).optional().describe("its data, where that is one value"),
            })
            .refine(
              ({ expect, value }) => (expect === undefined) !== (value === undefined),
              "name what is expected of the data: either the values at its paths, or the one value that it is",
            ),
        )
        .min(1)
        .max(20)
        .describe("procedures that are called"),
      batch: z.boolean().default(false).describe("all calls in one request"),
      transformer: z.enum(["none", "superjson"]).default("none").describe("how the application writes its data"),
      timeoutSeconds: z.number().positive().max(300).default(10).describe("for each request"),
    }),
  async (args, context) => {
    const visitor = newVisitor(args.address, { signal: context.signal, timeoutSeconds: args.timeoutSeconds });
    const refused = args.signIn && (await signIn(visitor, args.signIn, context));
    if (refused !== undefined) return fail(refused);
    const bearer = args.bearer === undefined ? {} : { authorization: `Bearer ${context.secret(args.bearer)}` };
    const csrf: CsrfCookie | undefined = args.csrfCookie ?? args.signIn?.csrfCookie;
    const requests = args.batch ? [args.calls] : args.calls.map((call) => [call]);
    const wrong: string[] = [];
    for (const calls of requests) {
      const { path, ...sent } = requestOf(calls, args);
      const token = sent.method === "POST" ? tokenOf(visitor.cookies, csrf).headers : {};
      const answer = await visitor.visit(path, { ...sent, headers: { ...token, ...args.headers, ...bearer } });
      const body = parseJson(answer.text);
      const results: readonly unknown[] = !args.batch ? [body] : Array.isArray(body) ? body : [];
      calls.forEach((call, index) => {
        const problem = wrongIn(call, results[index], args.transformer);
        if (problem !== undefined) wrong.push(`${call.procedure} ${problem} (${answer.status})`);
      });
    }
    if (wrong.length > 0) return fail(wrong.join("; "));
    return pass(`${args.calls.map(seenOf).join("; ")}${args.batch ? "; in one request" : ""}`);
  },
  { timeoutSeconds: 120 },
);

interface How {
  readonly path: string;
  readonly type: "query" | "mutation";
  readonly batch: boolean;
  readonly transformer: "none" | "superjson";
}

function requestOf(calls: readonly Call[], { path, type, batch, transformer }: How) {
  const inputs = calls.map(({ input }) => (input === undefined || transformer === "none" ? input : { json: input }));
  const numbered = Object.fromEntries(inputs.flatMap((input, index) => (input === undefined ? [] : [[index, input]])));
  const input = batch ? numbered : inputs[0];
  const query = new URLSearchParams({
    ...(batch ? { batch: "1" } : {}),
    ...(type === "query" && input !== undefined ? { input: JSON.stringify(input) } : {}),
  }).toString();
  const procedures = calls.map(({ procedure }) => procedure).join(",");
  return {
    path: `${path.replace(/\/$/, "")}/${procedures}${query === "" ? "" : `?${query}`}`,
    method: type === "query" ? "GET" : "POST",
    ...(type === "mutation" && input !== undefined ? { json: input } : {}),
  };
}

function wrongIn({ expect, value }: Call, result: unknown, transformer: How["transformer"]): string | undefined {
  const error = valueAt(result, "error");
  if (error !== undefined) {
    const shape = transformer === "superjson" ? valueAt(error, "json") : error;
    const code = valueAt(shape, "data.code") ?? valueAt(shape, "code");
    return `failed: ${shown(code)} ${shown(valueAt(shape, "message"))}`;
  }
  if (valueAt(result, "result") === undefined) return "got no answer of tRPC";
  const data = valueAt(result, transformer === "superjson" ? "result.data.json" : "result.data");
  if (expect !== undefined) return wrongValue(data, expect);
  return value === undefined || meets(data, value) ? undefined : `is ${shown(data)}, want ${expectationInWords(value)}`;
}

function seenOf({ procedure, expect, value = null }: Call): string {
  if (expect === undefined) return `${procedure} is ${expectationInWords(value)}`;
  const values = Object.entries(expect).map(([path, want]) => `${path} is ${expectationInWords(want)}`);
  return `${procedure}: ${values.join(", ")}`;
}
