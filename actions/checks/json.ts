import { defineCheck, fail, pass } from "../check.ts";
import { secretSchema } from "../secret.ts";
import { parseJson } from "../json-file.ts";
import { type Expectation, expectationInWords, expectationSchema, meets } from "./expectation.ts";
import {
  accepts,
  bearerHeader,
  sentHeadersSchema,
  statusesInWords,
  statusesSchema,
  timeoutSchema,
} from "./http-arguments.ts";
import { valueAt } from "./json-path.ts";
import { request } from "./request.ts";

/**
 * Passes when `url` answers with JSON in which every path of `expect` (`database.status`, `hosts[0].name`) has the value
 * given, and the time of `fresh` is recent; fails otherwise.
 */
export const json = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      url: z.url().describe("address to ask"),
      send: sentHeadersSchema(z),
      bearer: secretSchema(z).optional().describe("token for the header `Authorization: Bearer`"),
      status: statusesSchema(z).optional().describe("status to be answered, or a list of those accepted; default 200"),
      expect: z
        .record(z.string().min(1), expectationSchema(z))
        .refine(
          (paths) => Object.keys(paths).length > 0,
          "expects nothing, so it would always pass: name a path and its value",
        )
        .describe(
          "by path: the value, { oneOf: [...] }, { min, max } of a number, { matches: regular expression }, { exists: true }",
        ),
      fresh: z
        .strictObject({ path: z.string().min(1), withinSeconds: z.number().positive() })
        .optional()
        .describe("a path that holds a time, and how old it may be"),
      timeoutSeconds: timeoutSchema(z),
    }),
  async ({ url, send, bearer, status = 200, expect, fresh, timeoutSeconds }, context) => {
    const headers = { ...send, ...bearerHeader(bearer, context) };
    const answer = await request(url, { signal: context.signal, timeoutSeconds, headers });
    if (!accepts(status, answer.status))
      return fail(`${url} answered ${answer.status}, want ${statusesInWords(status)}`);
    const body = parseJson(answer.text);
    if (body === undefined) return fail(`${url} answered ${answer.status}, but not with JSON`);
    const wrong = Object.entries(expect).filter(([path, want]) => !meets(valueAt(body, path), want));
    if (wrong.length > 0) return fail(`${url}: ${wrong.map((each) => faultInWords(body, each)).join("; ")}`);
    if (fresh) {
      const ageSeconds = (Date.now() - Date.parse(String(valueAt(body, fresh.path)))) / 1000;
      // Written so that a time that is none (NaN) fails too.
      if (!(Math.abs(ageSeconds) <= fresh.withinSeconds))
        return fail(`${url}: ${fresh.path} is not of the last ${fresh.withinSeconds} s`);
    }
    return pass(
      `${url}: ${Object.entries(expect)
        .map((each) => seenInWords(body, each))
        .join(", ")}`,
    );
  },
  { quick: true },
);

const faultInWords = (body: unknown, [path, want]: [string, Expectation]): string =>
  `${path} is ${JSON.stringify(valueAt(body, path))}, want ${expectationInWords(want)}`;

/** What must only exist may be long or private: it is not repeated. */
const seenInWords = (body: unknown, [path, want]: [string, Expectation]): string =>
  typeof want === "object" && want !== null && "exists" in want
    ? `${path} is ${want.exists ? "there" : "not there"}`
    : `${path} is ${JSON.stringify(valueAt(body, path))}`;
