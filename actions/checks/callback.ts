import { createHmac, randomUUID } from "node:crypto";
import { defineCheck, fail, pass } from "../check.ts";
import { secretSchema } from "../secret.ts";
import { parseJson } from "../json-file.ts";
import { mismatch } from "./answer-expectation.ts";
import { valueAt } from "./json-path.ts";
import { shown } from "./json-values.ts";
import type { Answer } from "./request.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { filled, filledDeep, filledPath, placesOf } from "./template.ts";
import { newVisitor, type Sent, type Visitor } from "./visitor.ts";

/**
 * Passes when a signed message, as a payment provider sends it for a test payment, is answered as agreed, a repetition of it
 * in the same way and without doing it twice, and one with a wrong signature is refused. `{unique}` in fields, in the
 * effect's path and text stands for an id that is new each time. Use a test payment: the message is taken for real.
 */
export const callback = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        address: z.url().describe("base address of the application"),
        path: z.string().startsWith("/").describe("path that takes the message"),
        method: z
          .enum(["POST", "GET", "PUT"])
          .default("POST")
          .describe("how it is sent; a GET carries the fields in the address"),
        as: z.enum(["form", "json"]).default("form").describe("how the fields are sent"),
        fields: z
          .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
          .refine((fields) => Object.keys(fields).length > 0, "says nothing: name the fields of a test payment")
          .describe("fields of the message"),
        secret: secretSchema(z).describe("where the key of the signature is found"),
        signature: z
          .strictObject({
            algorithm: z.enum(["sha1", "sha256", "sha512"]).default("sha256").describe("its hash"),
            encoding: z.enum(["hex", "base64"]).default("hex").describe("how it is written"),
            over: z
              .union([
                z.literal("body"),
                z.strictObject({
                  sorted: z.enum(["values", "pairs"]).describe("the values by the order of their names, or name=value"),
                  separator: z.string().describe("what stands between them"),
                }),
              ])
              .default("body")
              .describe("what is signed"),
            header: z.string().min(1).optional().describe("header that carries it"),
            field: z.string().min(1).optional().describe("field that carries it"),
            prefix: z.string().default("").describe("in front of it, such as sha256="),
          })
          .refine(
            ({ header, field }) => (header === undefined) !== (field === undefined),
            "goes into a header or a field: name one",
          )
          .refine(
            ({ over, field }) => over !== "body" || field === undefined,
            "a field in the body cannot sign the body: sign the sorted fields",
          )
          .describe("the HMAC"),
        expect: z
          .strictObject({
            status: z.int().min(200).max(399).describe("status of the answer"),
            location: z.string().min(1).optional().describe("where it redirects to"),
          })
          .describe("the answer that was agreed with the provider"),
        refused: z
          .array(z.int().min(400).max(499))
          .min(1)
          .default([400, 401, 403])
          .describe("how a wrong signature is answered"),
        effect: z
          .strictObject({
            path: z.string().startsWith("/").describe("page or JSON that shows it"),
            json: z
              .string()
              .min(1)
              .optional()
              .describe("path of a list, which has one entry, or of a number, which is 1"),
            contains: z.string().min(1).optional().describe("text that stands there once"),
          })
          .refine(
            ({ json, contains }) => (json === undefined) !== (contains === undefined),
            "is seen by json or by contains: name one",
          )
          .optional()
          .describe("what the message does, exactly once"),
        signIn: signInSchema(z).optional().describe("who signs in to see the effect; default: nobody"),
        timeoutSeconds: z.number().positive().max(60).default(10).describe("for each request"),
      })
      .refine(({ method, as, signature }) => method !== "GET" || (as === "form" && signature.over !== "body"), {
        path: ["method"],
        message: "a GET has no body: send a form and sign the sorted fields",
      })
      .refine(({ fields, effect }) => placesOf([fields, effect]).every((name) => name === "unique"), {
        path: ["fields"],
        message: "use a {name} of which nothing is known: there is {unique} only",
      }),
  async (args, context) => {
    const { address, path, effect, expect } = args;
    const limits = { signal: context.signal, timeoutSeconds: args.timeoutSeconds };
    const values = { unique: randomUUID() };
    const fields = filledDeep(args.fields, values) as Fields;
    const key = context.secret(args.secret);
    // Nobody's cookies: the provider has none either.
    const send = (signedWith: string): Promise<Answer> => {
      const { to, sent } = messageOf(fields, args, signedWith);
      return newVisitor(address, limits).visit(to, sent);
    };
    const viewer = newVisitor(address, limits);
    const refused = args.signIn && (await signIn(viewer, args.signIn, context));
    if (refused !== undefined) return fail(refused);
    const count = async (): Promise<number | string | undefined> =>
      effect &&
      countOf(viewer, filledPath(effect.path, values), {
        ...effect,
        contains: effect.contains && filled(effect.contains, values),
      });

    const before = await count();
    const forged = await send(`${key}, but not it`);
    if (!args.refused.includes(forged.status))
      return fail(`${path} answered ${forged.status} to a wrong signature, want ${args.refused.join(" or ")}`);
    if ((await count()) !== before) return fail(`${path} refused a wrong signature, but did what the message says`);
    for (const which of ["the message", "its repetition"]) {
      const wrong = mismatch(await send(key), expect, new URL(path, address).href);
      if (wrong !== undefined) return fail(`${path}: ${which} ${wrong}`);
    }
    const after = await count();
    if (effect && after !== 1) {
      const seen = typeof after === "number" ? ` has it ${after} times, want once` : `: ${after ?? ""}`;
      return fail(`${path} was sent twice; ${effect.path}${seen}`);
    }
    const done = effect ? `; its effect is there once${before === 1 ? ", as it was before" : ""}` : "";
    return pass(`${path} answered ${expect.status} twice, and ${forged.status} to a wrong signature${done}`);
  },
  { timeoutSeconds: 180 },
);

type Fields = Readonly<Record<string, string | number | boolean>>;

interface How {
  readonly path: string;
  readonly method: string;
  readonly as: "form" | "json";
  readonly signature: Signature;
}

interface Signature {
  readonly algorithm: string;
  readonly encoding: "hex" | "base64";
  readonly over: "body" | { readonly sorted: "values" | "pairs"; readonly separator: string };
  readonly header?: string | undefined;
  readonly field?: string | undefined;
  readonly prefix: string;
}

function messageOf(fields: Fields, { path, method, as, signature }: How, key: string): { to: string; sent: Sent } {
  const { algorithm, encoding, over, header, field, prefix } = signature;
  const text = over === "body" ? bodyOf(fields, as) : sorted(fields, over);
  const mac = prefix + createHmac(algorithm, key).update(text).digest(encoding);
  const all = field === undefined ? fields : { ...fields, [field]: mac };
  const headers = header === undefined ? {} : { [header]: mac };
  const form = texts(all);
  if (method === "GET")
    return { to: `${path}${path.includes("?") ? "&" : "?"}${bodyOf(form, "form")}`, sent: { headers } };
  return { to: path, sent: { method, headers, ...(as === "form" ? { form } : { json: all }) } };
}

const texts = (fields: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

/** The very text that goes over the wire. */
function bodyOf(fields: Fields, as: How["as"]): string {
  if (as === "json") return JSON.stringify(fields);
  return new URLSearchParams(texts(fields)).toString();
}

function sorted(fields: Fields, { sorted: what, separator }: Exclude<Signature["over"], "body">): string {
  return Object.entries(fields)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => (what === "pairs" ? `${name}=${value}` : String(value)))
    .join(separator);
}

/** How often the effect is there, or why that cannot be counted. */
async function countOf(
  { visit }: Visitor,
  path: string,
  { json, contains = "" }: { readonly json?: string | undefined; readonly contains?: string | undefined },
): Promise<number | string> {
  const { status, text } = await visit(path);
  // What the message is about may come to be only with it.
  if (status === 404) return 0;
  if (status !== 200) return `answered ${status}, want 200`;
  if (json === undefined) return text.split(contains).length - 1;
  const value = valueAt(parseJson(text), json);
  if (Array.isArray(value)) return value.length;
  return typeof value === "number" ? value : `${json} is ${shown(value)}, no list and no number`;
}
