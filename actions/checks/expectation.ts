import { runInNewContext } from "node:vm";
import type * as zod from "zod";
import { Refusal, type Zod } from "../action.ts";
import { isPattern } from "./pattern.ts";

type Scalar = string | number | boolean | null;

/** What a value of a JSON answer must be. */
export type Expectation =
  | Scalar
  | { readonly oneOf: readonly Scalar[] }
  | { readonly matches: string }
  | { readonly exists: boolean }
  | { readonly min?: number | undefined; readonly max?: number | undefined };

export function expectationSchema(z: Zod): zod.ZodType<Expectation, Expectation> {
  const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
  return z.union(
    [
      scalar.describe("exactly this"),
      z.strictObject({ oneOf: z.array(scalar).min(1) }).describe("one of these"),
      z
        .strictObject({
          matches: z
            .string()
            .min(1)
            .refine((text) => isPattern(text, "u"), "is no regular expression"),
        })
        .describe("a text in which this regular expression is found"),
      z.strictObject({ exists: z.boolean() }).describe("there and not null; with false: not there, or null"),
      z
        .strictObject({ min: z.number().optional(), max: z.number().optional() })
        .refine(({ min, max }) => min !== undefined || max !== undefined, "want min, max or both")
        .refine(({ min = -Infinity, max = Infinity }) => min <= max, "no number is that large and that small")
        .describe("a number, not below min and not above max"),
    ],
    {
      error:
        "want a value, { oneOf: [value] }, { matches: regular expression }, { exists: true }, or { min, max } with numbers",
    },
  );
}

/** Whether a value is as expected. Error: a regular expression that takes too long. */
export function meets(value: unknown, want: Expectation): boolean {
  if (typeof want !== "object" || want === null) return value === want;
  if ("oneOf" in want) return want.oneOf.some((one) => one === value);
  if ("matches" in want) return typeof value === "string" && found(want.matches, value);
  if ("exists" in want) return (value !== undefined && value !== null) === want.exists;
  const { min = -Infinity, max = Infinity } = want;
  return typeof value === "number" && value >= min && value <= max;
}

/** `3`, `one of 1, 2`, `at least 1 and at most 5`, `a text like /^v/`, `something`. */
export function expectationInWords(want: Expectation): string {
  if (typeof want !== "object" || want === null) return JSON.stringify(want);
  if ("oneOf" in want) return `one of ${want.oneOf.map((one) => JSON.stringify(one)).join(", ")}`;
  if ("matches" in want) return `a text like /${want.matches}/`;
  if ("exists" in want) return want.exists ? "something" : "nothing";
  const bounds = [
    ...(want.min === undefined ? [] : [`at least ${want.min}`]),
    ...(want.max === undefined ? [] : [`at most ${want.max}`]),
  ];
  return bounds.join(" and ");
}

/** A regular expression may take years over a text that was made for it: this one is stopped. */
function found(pattern: string, text: string): boolean {
  try {
    return runInNewContext("new RegExp(pattern, 'u').test(text)", { pattern, text }, { timeout: 1000 }) as boolean;
  } catch {
    throw new Refusal(`/${pattern}/ takes too long over what was answered`);
  }
}
