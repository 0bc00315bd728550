import { defineCheck, fail, pass } from "../check.ts";
import { parseDisposition } from "./content-disposition.ts";
import { isOfKind, kinds } from "./magic.ts";
import type { Answer } from "./request.ts";
import { isPattern } from "./pattern.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { newVisitor } from "./visitor.ts";

interface Wanted {
  readonly type?: string | undefined;
  readonly disposition?: string | undefined;
  readonly filename?: string | { readonly pattern: string } | undefined;
  readonly magic?: string | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
}

/**
 * Passes when a file can be downloaded and is what it should be: its Content-Type, its name, its first bytes, its size.
 * Fails when one of these is otherwise, or when the file breaks off before its end.
 */
export const download = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        address: z.url().describe("base address of the application"),
        path: z.string().startsWith("/").describe("path of the file"),
        signIn: signInSchema(z).optional().describe("who signs in first; default: nobody"),
        type: z
          .string()
          .regex(/^[^\s;/]+\/[^\s;/]+$/, "must be a type without parameters, such as application/pdf")
          .optional()
          .describe("its Content-Type, without parameters"),
        disposition: z.enum(["attachment", "inline"]).optional().describe("whether it is saved or shown"),
        filename: z
          .union([
            z.string().min(1),
            z.strictObject({
              pattern: z
                .string()
                .min(1)
                .refine((text) => isPattern(text), "is no regular expression")
                .describe("regular expression for all of it"),
            }),
          ])
          .optional()
          .describe("its name in Content-Disposition, or a pattern for it"),
        magic: z
          .union([z.enum(kinds), z.string().regex(/^([0-9a-f]{2})+$/i, "must be hexadecimal")])
          .optional()
          .describe("what it is by its first bytes, or these bytes in hexadecimal"),
        minBytes: z.int().positive().optional().describe("its least size, in bytes"),
        maxBytes: z.int().positive().max(33_554_432).optional().describe("its greatest size, in bytes"),
        timeoutSeconds: z.number().positive().max(300).default(10).describe("for each request"),
      })
      .refine(
        ({ type, disposition, filename, magic, minBytes, maxBytes }) =>
          [type, disposition, filename, magic, minBytes, maxBytes].some((wanted) => wanted !== undefined),
        "expects nothing of the file, and an error page would pass: give type, disposition, filename, magic, minBytes or maxBytes",
      )
      .refine(({ minBytes = 0, maxBytes = Infinity }) => minBytes <= maxBytes, "minBytes is more than maxBytes"),
  async ({ address, path, signIn: who, timeoutSeconds, ...wanted }, context) => {
    const visitor = newVisitor(address, { signal: context.signal, timeoutSeconds });
    const refused = who && (await signIn(visitor, who, context));
    if (refused !== undefined) return fail(refused);
    const answer = await visitor.visit(path).catch(cutOff);
    if (answer === undefined) return fail(`${path} broke off before its end`);
    if (answer.status !== 200) return fail(`${path} answered ${answer.status}, want 200`);
    const wrong = wrongIn(answer, wanted);
    return wrong.length > 0
      ? fail(`${path}: ${wrong.join("; ")}`)
      : pass(`${path}: ${answer.bytes.length} bytes, as ${Object.keys(defined(wanted)).join(", ")} should be`);
  },
);

/** An answer that the server itself ends too early was seen to be wrong; of every other error nothing can be said. */
function cutOff(error: unknown): undefined {
  const { name = "" } = (error as { cause?: { name?: string } }).cause ?? {};
  if (error instanceof TypeError && error.message === "terminated" && tooEarly.includes(name)) return undefined;
  throw error;
}

/** With a Content-Length; in chunks; the same as other versions call it. */
const tooEarly = ["ResponseContentLengthMismatchError", "HTTPParserError", "SocketError"];

function wrongIn(
  { headers, bytes }: Answer,
  { type, disposition, filename, magic, minBytes, maxBytes }: Wanted,
): string[] {
  const seenType = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const seen = parseDisposition(headers.get("content-disposition") ?? "");
  return [
    ...(type !== undefined && seenType !== type.toLowerCase()
      ? [`is of type ${seenType || "none"}, want ${type}`]
      : []),
    ...(disposition !== undefined && seen.type !== disposition
      ? [`its disposition is ${seen.type || "none"}, want ${disposition}`]
      : []),
    ...(filename !== undefined && !isNamed(seen.filename, filename)
      ? [`is named ${seen.filename ?? "nothing"}, want ${typeof filename === "string" ? filename : filename.pattern}`]
      : []),
    ...(magic !== undefined && !isOfKind(bytes, magic)
      ? [`begins with ${bytes.subarray(0, 8).toString("hex") || "nothing"}, which is no ${magic}`]
      : []),
    ...(minBytes !== undefined && bytes.length < minBytes
      ? [`has ${bytes.length} bytes, want ${minBytes} at least`]
      : []),
    ...(maxBytes !== undefined && bytes.length > maxBytes
      ? [`has ${bytes.length} bytes, want ${maxBytes} at most`]
      : []),
  ];
}

function isNamed(name: string | undefined, want: string | { readonly pattern: string }): boolean {
  if (name === undefined) return false;
  return typeof want === "string" ? name === want : new RegExp(`^(?:${want.pattern})$`).test(name);
}

const defined = (wanted: object): object =>
  Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
