import type { Zod } from "../action.ts";
import { parseJson } from "../json-file.ts";
import { valueAt } from "./json-path.ts";
import type { Answer } from "./request.ts";
import type { Visitor } from "./visitor.ts";

/** Where in an answer a value is found that later requests need. */
export type Capture =
  | { readonly json: string }
  | { readonly header: string; readonly pattern?: string | undefined }
  | { readonly body: string }
  | { readonly cookie: string };

export const captureSchema = (z: Zod) => {
  const pattern = z
    .string()
    .refine((text) => groupsOf(text) === 1, "must be a regular expression with one group, which is what is captured");
  return z.union([
    z.strictObject({ json: z.string().min(1).describe("path in the JSON of the answer (order.id)") }),
    z.strictObject({
      header: z.string().min(1).describe("name of a header"),
      pattern: pattern.optional().describe("regular expression with one group; default: all of the header"),
    }),
    z.strictObject({ body: pattern.describe("regular expression with one group, looked for in the body") }),
    z.strictObject({ cookie: z.string().min(1).describe("name of a cookie") }),
  ]);
};

function groupsOf(pattern: string): number | undefined {
  try {
    return (new RegExp(`${pattern}|`).exec("")?.length ?? 0) - 1;
  } catch {
    return undefined;
  }
}

/** Patterns are not looked for behind this many characters: a page is short, and a pattern may be slow. */
const farthest = 1024 * 1024;

/** The value, undefined where there is none, or none that fits into a request. */
export function captured(
  { headers, text }: Pick<Answer, "headers" | "text">,
  cookies: Visitor["cookies"],
  capture: Capture,
): string | number | boolean | undefined {
  if ("json" in capture) {
    const value = valueAt(parseJson(text), capture.json);
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
  }
  if ("body" in capture) return new RegExp(capture.body).exec(text.slice(0, farthest))?.[1];
  if ("cookie" in capture) return cookies.get(capture.cookie);
  const header = headers.get(capture.header) ?? undefined;
  return capture.pattern === undefined ? header : new RegExp(capture.pattern).exec(header ?? "")?.[1];
}
