import type { Zod } from "../action.ts";
import { type Expectation, expectationInWords, expectationSchema, meets } from "./expectation.ts";
import { valueAt } from "./json-path.ts";

/** What the values at some paths of a JSON answer must be. */
export type ExpectedValues = Readonly<Record<string, Expectation>>;

export const expectedValuesSchema = (z: Zod) =>
  z
    .record(z.string().min(1), expectationSchema(z))
    .refine((paths) => Object.keys(paths).length > 0, "expects nothing: name a path and its value, or leave it out");

/** The first value that is another one than it should be, in words; undefined when all are right. */
export function wrongValue(body: unknown, expect: ExpectedValues): string | undefined {
  const wrong = Object.entries(expect).find(([path, want]) => !meets(valueAt(body, path), want));
  return wrong && `${wrong[0]} is ${shown(valueAt(body, wrong[0]))}, want ${expectationInWords(wrong[1])}`;
}

/** A value as a verdict may show it: its kind where it is large. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (value === undefined) return "undefined";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77).toWellFormed()}...` : text;
}
