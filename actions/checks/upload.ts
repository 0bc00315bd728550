import { createHash, randomBytes } from "node:crypto";
import { defineCheck, fail, pass, reason, unknown } from "../check.ts";
import { parseJson } from "../json-file.ts";
import { afterCleanUp } from "./clean-up.ts";
import { csrfCookieSchema, type Token, tokenOf } from "./csrf-cookie.ts";
import { hiddenFields } from "./form.ts";
import { valueAt } from "./json-path.ts";
import { beginningOf, kinds } from "./magic.ts";
import type { Answer } from "./request.ts";
import { signIn, signInSchema } from "./sign-in.ts";
import { newVisitor, type Visitor } from "./visitor.ts";

/**
 * Passes when a file of random content can be sent, is served with the same content where the answer says, and is gone after
 * it was deleted. Fails when it is refused, not found or another one; warns when only the clean-up did not work.
 */
export const upload = defineCheck(
  import.meta.url,
  (z) => {
    const statuses = z.array(z.int().min(200).max(499)).min(1);
    return z.strictObject({
      address: z.url().describe("base address of the application"),
      signIn: signInSchema(z).optional().describe("who signs in first; default: nobody"),
      path: z.string().startsWith("/").describe("path that takes the file, by POST"),
      page: z.string().startsWith("/").optional().describe("page with the form, whose hidden fields are sent along"),
      csrfCookie: csrfCookieSchema(z)
        .optional()
        .describe("the CSRF token, where it is a cookie; default: as in signIn"),
      field: z.string().min(1).default("file").describe("name of the form's field for the file"),
      fields: z.record(z.string(), z.string()).default({}).describe("further fields of the form"),
      fileName: z.string().min(1).default("smoke-check.bin").describe("name of the file"),
      type: z.string().min(1).default("application/octet-stream").describe("Content-Type of the file"),
      startsLike: z.enum(kinds).optional().describe("what the file pretends to be by its first bytes"),
      bytes: z.int().min(32).max(8_388_608).default(4096).describe("size of the file"),
      statuses: statuses.default([200, 201, 302, 303]).describe("how a file is accepted"),
      location: z
        .union([
          z.strictObject({ header: z.string().min(1).describe("header that holds the file's address") }),
          z.strictObject({
            json: z.string().min(1).describe("path in the answer's JSON that holds the file's address"),
            prefix: z.string().startsWith("/").optional().describe("path in front of it, where it is only an id"),
          }),
        ])
        .default({ header: "location" })
        .describe("where the answer says where the file is"),
      cleanUp: z
        .union([
          z.literal(false),
          z.strictObject({
            method: z.enum(["DELETE", "POST"]).default("DELETE").describe("how it is asked"),
            suffix: z.string().default("").describe("behind the file's address"),
            fields: z.record(z.string(), z.string()).default({}).describe("fields of the form, such as _method"),
            statuses: statuses.default([200, 202, 204, 302, 303]).describe("how that is answered"),
            gone: z.boolean().default(true).describe("asks for the file once more: it is not there any more"),
          }),
        ])
        .prefault({})
        .describe("how the file is deleted; false leaves it there"),
      timeoutSeconds: z.number().positive().max(60).default(10).describe("for each request, and for the clean-up"),
    });
  },
  async (args, context) => {
    const { address, path, csrfCookie = args.signIn?.csrfCookie, timeoutSeconds } = args;
    const visitor = newVisitor(address, { signal: context.signal, timeoutSeconds });
    const refused = args.signIn && (await signIn(visitor, args.signIn, context));
    if (refused !== undefined) return fail(refused);
    const form = args.page === undefined ? undefined : await visitor.visit(args.page);
    if (form && form.status !== 200) return fail(`${args.page ?? ""} answered ${form.status}, want 200`);
    const hidden = form ? hiddenFields(form.text, { action: path }) : {};
    const content = contentOf(args);
    const token = tokenOf(visitor.cookies, csrfCookie);
    const parts = partsOf({ ...hidden, ...token.fields, ...args.fields }, args, content);
    const sent = await visitor.visit(path, { parts, headers: token.headers });
    if (!args.statuses.includes(sent.status))
      return fail(`${path} answered ${sent.status}, want ${args.statuses.join(" or ")}`);
    const place = placeOf(sent, args.location, new URL(path, address).href);
    if (place === undefined)
      return fail(`${path} answered ${sent.status}, but not where the file is: it cannot be cleaned up`);

    const answer = await wrongAt(visitor, place, content).then(
      (wrong) =>
        wrong === undefined ? pass(`${content.length} bytes sent to ${path} came back the same`) : fail(wrong),
      (error: unknown) => unknown(reason(error)),
    );
    // A signal of its own: what was sent is taken back, also when the time is over.
    const last = newVisitor(
      address,
      { signal: AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000)), timeoutSeconds },
      visitor.cookies,
    );
    const left = await notCleanedUp(last, place, args.cleanUp, { hidden, token: tokenOf(last.cookies, csrfCookie) });
    return afterCleanUp(answer, left === undefined ? [] : [left]);
  },
  { timeoutSeconds: 120 },
);

function contentOf({ bytes, startsLike }: { bytes: number; startsLike?: string | undefined }): Buffer {
  const content = randomBytes(bytes);
  if (startsLike !== undefined) beginningOf(startsLike).copy(content);
  return content;
}

function partsOf(
  fields: Readonly<Record<string, string>>,
  { field, fileName, type }: { field: string; fileName: string; type: string },
  content: Buffer,
): FormData {
  const parts = new FormData();
  for (const [name, value] of Object.entries(fields)) parts.set(name, value);
  parts.set(field, new Blob([Uint8Array.from(content)], { type }), fileName);
  return parts;
}

type Place = { readonly header: string } | { readonly json: string; readonly prefix?: string | undefined };

/** The whole address of the file, undefined where the answer says none. */
function placeOf({ headers, text }: Answer, place: Place, from: string): string | undefined {
  const value = "header" in place ? headers.get(place.header) : valueAt(parseJson(text), place.json);
  if ((typeof value !== "string" && typeof value !== "number") || value === "") return undefined;
  const prefix = "prefix" in place ? place.prefix : undefined;
  return URL.parse(prefix === undefined ? String(value) : prefix + encodeURIComponent(value), from)?.href;
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** As much of an address as a verdict may show: without what stands behind the question mark. */
const shownPlace = (place: string): string => new URL(place).pathname;

async function wrongAt({ visit }: Visitor, place: string, content: Buffer): Promise<string | undefined> {
  const { status, bytes } = await visit(place);
  if (status !== 200) return `${shownPlace(place)}, where the file should be, answered ${status}, want 200`;
  if (digestOf(bytes) === digestOf(content)) return undefined;
  return `${shownPlace(place)} answered with other content: ${bytes.length} bytes, ${content.length} were sent`;
}

interface CleanUp {
  readonly method: string;
  readonly suffix: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly statuses: readonly number[];
  readonly gone: boolean;
}

/** Deletes the file. Returns what did not work. */
async function notCleanedUp(
  { visit }: Visitor,
  place: string,
  how: CleanUp | false,
  { hidden, token }: { hidden: Readonly<Record<string, string>>; token: Token },
): Promise<string | undefined> {
  if (how === false) return undefined;
  const path = place + how.suffix;
  const form = { ...(how.method === "POST" ? hidden : {}), ...token.fields, ...how.fields };
  try {
    const { status } = await visit(path, {
      ...{ method: how.method, headers: token.headers },
      ...(Object.keys(form).length === 0 ? {} : { form }),
    });
    if (!how.statuses.includes(status))
      return `${how.method} ${shownPlace(path)} answered ${status}, want ${how.statuses.join(" or ")}`;
    if (how.gone && (await visit(place)).status === 200) return `${shownPlace(place)} is still there`;
    return undefined;
  } catch (error) {
    return `${how.method} ${shownPlace(path)}: ${reason(error)}`;
  }
}
