import type { Zod } from "../action.ts";
import { captureSchema, captured, type Capture } from "./capture.ts";
import { type CsrfCookie, tokenOf } from "./csrf-cookie.ts";
import { type AnswerExpectation, answerExpectationSchema, mismatch } from "./answer-expectation.ts";
import { hiddenFields } from "./form.ts";
import { filled, filledDeep, filledPath, placesOf, type Values } from "./template.ts";
import type { Sent, Visitor } from "./visitor.ts";

/** One request of a chain. `{name}` in its texts stands for what an earlier one has captured. */
export interface FlowStep {
  readonly name: string;
  readonly method?: string | undefined;
  readonly path: string;
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly json?: unknown;
  readonly hiddenFields?: boolean | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly expect: AnswerExpectation;
  readonly capture?: Readonly<Record<string, Capture>> | undefined;
}

const name = /^[A-Za-z_]\w*$/;

export const flowStepSchema = (z: Zod) =>
  z
    .strictObject({
      name: z.string().min(1).describe("what it does, for the people who read the verdict"),
      method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).optional().describe("default: GET, POST with a body"),
      path: z
        .string()
        .regex(/^(\/|\{[A-Za-z_]\w*\}$)/, "must start with / or be one captured {name}")
        .describe("path; {name} stands for what was captured"),
      form: z.record(z.string(), z.string()).optional().describe("fields of a form; {name} as in the path"),
      json: z.json().optional().describe("JSON that is sent; {name} as in the path"),
      hiddenFields: z.literal(true).optional().describe("sends the hidden fields of the step before along"),
      headers: z.record(z.string().min(1), z.string()).optional().describe("headers; {name} as in the path"),
      expect: answerExpectationSchema(z).describe("what the answer should be like; {name} as in the path"),
      capture: z
        .record(z.string().regex(name), captureSchema(z))
        .optional()
        .describe("what is kept of the answer, by name"),
    })
    .refine(
      ({ form, json, hiddenFields }) => json === undefined || (form === undefined && hiddenFields === undefined),
      "sends either a form or JSON",
    )
    .refine(
      ({ method, form, json, hiddenFields }) =>
        method !== "GET" || (form === undefined && json === undefined && hiddenFields === undefined),
      "a GET sends nothing: put it into the path",
    );

/** What is known when a step begins. */
export interface Memory {
  readonly values: Values;
  /** The page before, in whose forms the hidden fields stand. */
  readonly page: string;
}

/** The names that a step uses. */
export const namesIn = ({ path, form, json, headers, expect }: FlowStep): string[] =>
  placesOf([path, form, json, headers, expect]);

/**
 * Carries a step out. Says what was wrong, undefined for nothing, and what is known now: also of an answer that was wrong,
 * as what was made all the same has to be cleaned up. Errors: no answer.
 */
export async function carryOut(
  step: FlowStep,
  { values, page }: Memory,
  { visitor, address, csrf }: { visitor: Visitor; address: string; csrf: CsrfCookie | undefined },
): Promise<{ wrong: string | undefined; memory: Memory }> {
  const path = filledPath(step.path, values);
  const answer = await visitor.visit(path, sentBy(step, path, { values, page }, tokenOf(visitor.cookies, csrf)));
  const found = Object.entries(step.capture ?? {}).map(
    ([key, how]) => [key, captured(answer, visitor.cookies, how)] as const,
  );
  const known = Object.fromEntries(
    found.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
  const missing = found.find(([, value]) => value === undefined)?.[0];
  const wrong =
    mismatch(answer, filledDeep(step.expect, values) as AnswerExpectation, new URL(path, address).href) ??
    (missing === undefined ? undefined : `answered ${answer.status}, but without what {${missing}} is`);
  return {
    wrong: wrong === undefined ? undefined : `${step.name}: ${step.path} ${wrong}`,
    memory: { values: { ...values, ...known }, page: answer.text },
  };
}

function sentBy(step: FlowStep, path: string, { values, page }: Memory, token: ReturnType<typeof tokenOf>): Sent {
  const headers = filledTexts(step.headers, values);
  const body = bodyOf(step, path, { values, page }, token.fields);
  const changes = body.form !== undefined || body.json !== undefined || (step.method ?? "GET") !== "GET";
  return {
    ...(step.method === undefined ? {} : { method: step.method }),
    ...body,
    headers: { ...(changes ? token.headers : {}), ...headers },
  };
}

function bodyOf(step: FlowStep, path: string, { values, page }: Memory, token: Record<string, string>): Sent {
  if (step.json !== undefined) return { json: filledDeep(step.json, values) };
  if (step.form === undefined && step.hiddenFields === undefined) return {};
  const hidden = step.hiddenFields === undefined ? {} : hiddenFields(page, { action: path });
  return { form: { ...hidden, ...token, ...filledTexts(step.form, values) } };
}

const filledTexts = (texts: Readonly<Record<string, string>> = {}, values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, filled(text, values)]));
