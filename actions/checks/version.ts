import { defineCheck, fail, pass } from "../check.ts";
import { secretSchema } from "../secret.ts";
import { parseJson } from "../json-file.ts";
import { type Expectation, expectationInWords, expectationSchema, meets } from "./expectation.ts";
import { bearerHeader, sentHeadersSchema, timeoutSchema } from "./http-arguments.ts";
import { valueAt } from "./json-path.ts";
import { type Answer, request } from "./request.ts";

interface Args {
  readonly url: string;
  readonly release: string;
  readonly commit: string;
  readonly paths?: { readonly release?: string | undefined; readonly commit?: string | undefined } | undefined;
  readonly prefix?: true | undefined;
  readonly timeoutSeconds: number;
}

interface Newest {
  readonly url: string;
  readonly path: string;
  readonly equals: Expectation;
}

/**
 * Passes when `url` answers JSON whose release and commit are the ones that were released, and the platform's own newest
 * release, where it is asked for, is this one too; fails otherwise.
 */
export const version = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      url: z.url().describe("address of the application that answers JSON with its release and commit"),
      release: z.string().min(1).describe("release that must answer"),
      commit: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .describe("its commit, all 40 digits"),
      paths: z
        .strictObject({ release: z.string().min(1).optional(), commit: z.string().min(1).optional() })
        .optional()
        .describe("where the two stand in the answer; default `release` and `commit`"),
      prefix: z
        .literal(true)
        .optional()
        .describe("also accepts an answer that has only the first digits of the commit, at least 7"),
      newest: z
        .strictObject({
          url: z.url().describe("address that answers JSON with the platform's newest release"),
          path: z.string().min(1).describe("where it stands in the answer, such as `[0].slug.id`"),
          equals: expectationSchema(z).describe("what stands there when it is this release; as in the check `json`"),
          send: sentHeadersSchema(z),
          bearer: secretSchema(z).optional().describe("token for the header `Authorization: Bearer`"),
        })
        .optional()
        .describe("what the platform itself calls its newest release; its answer is a 200, or a 206 for a part"),
      timeoutSeconds: timeoutSchema(z),
    }),
  async ({ newest, ...args }, context) => {
    const { signal } = context;
    const { timeoutSeconds } = args;
    const deployed = judge(args, await request(args.url, { signal, timeoutSeconds }));
    if (newest === undefined || deployed.verdict !== "pass") return deployed;
    const headers = { ...newest.send, ...bearerHeader(newest.bearer, context) };
    const wrong = faultOf(newest, await request(newest.url, { signal, timeoutSeconds, headers }));
    return wrong === undefined ? pass(`${deployed.seen}, the platform's newest too`) : fail(wrong);
  },
  { quick: true },
);

function judge({ url, release, commit, paths, prefix }: Args, answer: Answer): ReturnType<typeof pass> {
  if (answer.status !== 200) return fail(`${url} answered ${answer.status}, want 200`);
  const body = parseJson(answer.text);
  if (body === undefined) return fail(`${url} answered 200, but not with JSON`);
  const seen = {
    release: valueAt(body, paths?.release ?? "release"),
    commit: valueAt(body, paths?.commit ?? "commit"),
  };
  const isCommit = seen.commit === commit || (prefix === true && isPrefixOf(commit, seen.commit));
  const name = `${String(seen.release)} (${String(seen.commit).slice(0, 7)})`;
  if (seen.release === release && isCommit) return pass(`${url}: ${name}`);
  if (seen.release === release && isPrefixOf(commit, seen.commit))
    return fail(`${url}: ${release} answers with ${String(seen.commit)} alone, want the whole commit ${commit}`);
  return fail(`${url}: ${name} answers, want ${release} (${commit.slice(0, 7)})`);
}

const isPrefixOf = (commit: string, seen: unknown): boolean =>
  typeof seen === "string" && seen.length >= 7 && commit.startsWith(seen);

function faultOf({ url, path, equals }: Newest, answer: Answer): string | undefined {
  if (answer.status !== 200 && answer.status !== 206) return `${url} answered ${answer.status}, want 200`;
  const body = parseJson(answer.text);
  if (body === undefined) return `${url} answered ${answer.status}, but not with JSON`;
  const seen = valueAt(body, path);
  if (meets(seen, equals)) return undefined;
  return `the platform's newest release at ${url}: ${path} is ${JSON.stringify(seen)}, want ${expectationInWords(equals)}`;
}
