import type { Zod } from "../action.ts";
import { lastWords, nameOf, printedBy } from "./program.ts";
import { request } from "./request.ts";
import { argvSchema, type RunContext, runOnTarget, secretsOf, type Target } from "./target.ts";

interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** One thing asked of the application: a command of its own, or a request. */
export type Exchange = readonly string[] | Request;

export interface Reply {
  /** The command ended with 0, the request was answered 2xx. */
  readonly isOk: boolean;
  /** The command ended with another code, or the answer was that there is no such thing (404, 410). */
  readonly saysNo: boolean;
  /** Standard output, or the body. */
  readonly text: string;
  /** How it ended, in words. */
  readonly words: string;
}

/** Schema of an exchange; placeholders stand in it as `{name}`. */
export const exchangeSchema = (z: Zod) =>
  z.union([
    argvSchema(z),
    z.strictObject({
      url: z.string().regex(/^https?:\/\//, "is no http address"),
      method: z
        .enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .default("GET")
        .describe("method of the request"),
      headers: z
        .record(z.string().min(1), z.string())
        .default({})
        .describe("headers of the request; {NAME} stands for the secret of that variable"),
      body: z.string().optional().describe("body of the request; {NAME} stands for the secret of that variable"),
    }),
  ]);

/** Whether a placeholder stands anywhere in what is asked. */
export const mentions = (exchange: Exchange, name: string): boolean => JSON.stringify(exchange).includes(`{${name}}`);

export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? "") : whole));

/** Asks, with values in the place of their placeholders. Errors: the program cannot be run; no answer. */
export async function exchange(
  what: Exchange,
  values: Readonly<Record<string, string>>,
  target: Target,
  context: RunContext,
): Promise<Reply> {
  return "url" in what ? requestOf(what, values, target, context) : run(what, values, target, context);
}

async function run(
  argv: readonly string[],
  values: Readonly<Record<string, string>>,
  target: Target,
  context: RunContext,
): Promise<Reply> {
  const words = argv.map((word) => filled(word, values));
  const outcome = await runOnTarget(words, target, context);
  printedBy(words, outcome);
  const isOk = outcome.exitCode === 0;
  const end = `${nameOf(argv)}: exit code ${outcome.exitCode}: ${lastWords(outcome)}`;
  return { isOk, saysNo: !isOk, text: outcome.stdout, words: end };
}

async function requestOf(
  { url, method, headers, body }: Request,
  values: Readonly<Record<string, string>>,
  target: Target,
  context: RunContext,
): Promise<Reply> {
  const inside = { ...secretsOf(target, context), ...values };
  const encoded = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)]));
  const answer = await request(filled(url, encoded), {
    ...{ method, signal: context.signal, timeoutSeconds: target.timeoutSeconds },
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, filled(text, inside)])),
    ...(body === undefined ? {} : { body: filled(body, inside) }),
  });
  const { status, text } = answer;
  return {
    ...{ isOk: status >= 200 && status < 300, saysNo: status === 404 || status === 410, text },
    words: `${method} ${url} answered ${status}`,
  };
}
