import type { Zod } from "../action.ts";
import { parseJson } from "../json-file.ts";

/** How a line of a log is known for a request, and for one that failed. */
export type LineRule =
  | { readonly field: string; readonly errorFrom: number }
  | { readonly field: string; readonly errors: readonly (string | number | boolean)[] }
  | { readonly request: string; readonly error: string };

const patternSchema = (z: Zod) =>
  z
    .string()
    .min(1)
    .refine((text) => {
      try {
        return !new RegExp(text).test("");
      } catch {
        return false;
      }
    }, "is no regular expression, or one that every line matches");

export const ruleSchema = (z: Zod) =>
  z.union([
    z
      .strictObject({ field: z.string().min(1), errorFrom: z.number() })
      .describe(
        "JSON: lines with this number are requests, errors from a number on: { field: 'status', errorFrom: 500 }",
      ),
    z
      .strictObject({
        field: z.string().min(1),
        errors: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
      })
      .describe(
        "JSON: lines with this field are requests, errors with these values: { field: 'level', errors: ['error'] }",
      ),
    z
      .strictObject({ request: patternSchema(z), error: patternSchema(z) })
      .describe("plain: regular expressions; of the lines that match `request` those that match `error`, too"),
  ]);

/** What a line is; undefined for neither. */
export function readLine(line: string, rule: LineRule): "request" | "error" | undefined {
  if ("request" in rule) {
    if (!compiled(rule.request).test(line)) return undefined;
    return compiled(rule.error).test(line) ? "error" : "request";
  }
  const value = line.startsWith("{") ? fieldOf(parseJson(line), rule.field) : undefined;
  if ("errors" in rule) {
    if (value === undefined || value === null) return undefined;
    return rule.errors.some((one) => one === value) ? "error" : "request";
  }
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) return undefined;
  return number >= rule.errorFrom ? "error" : "request";
}

/** `request.status` is the field `status` in the object `request`, unless there is a field of that very name. */
function fieldOf(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(fields, path)) return fields[path];
  const dot = path.indexOf(".");
  if (dot < 0 || !Object.hasOwn(fields, path.slice(0, dot))) return undefined;
  return fieldOf(fields[path.slice(0, dot)], path.slice(dot + 1));
}

const patterns = new Map<string, RegExp>();

function compiled(text: string): RegExp {
  const pattern = patterns.get(text) ?? new RegExp(text);
  patterns.set(text, pattern);
  return pattern;
}
