import type { Zod } from "../action.ts";

/** A regular expression as text, as `new RegExp` takes it; one that is none is refused. */
export const patternSchema = (z: Zod) =>
  z
    .string()
    .min(1)
    .refine((text) => isPattern(text), "is no regular expression")
    .refine((text) => !isPattern(text) || !new RegExp(text).test(""), "matches everything, even the empty text");

/** Whether a text is a regular expression, with these flags. */
export function isPattern(text: string, flags = ""): boolean {
  try {
    new RegExp(text, flags);
    return true;
  } catch {
    return false;
  }
}

/** Matched line by line: `^` and `$` are the beginning and end of a line. */
export const toPattern = (text: string): RegExp => new RegExp(text, "m");

/** The first of some patterns that a text has, undefined for none. */
export const firstFound = (patterns: readonly string[], text: string): string | undefined =>
  patterns.find((pattern) => toPattern(pattern).test(text));
