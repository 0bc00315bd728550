import type * as zod from "zod";
import type { Zod } from "../action.ts";

/** Schema of an argument that is a regular expression (with the flag `u`). */
export const patternSchema = (z: Zod): zod.ZodType<string, string> =>
  z.string().min(1).refine(isPattern, "is no regular expression");

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u").source !== "";
  } catch {
    return false;
  }
}
