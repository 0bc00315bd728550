/** Regular expressions as arguments. */
import { expect, test } from "vitest";
import * as z from "zod";
import { patternSchema } from "../../../actions/checks/pattern.ts";

test.each([
  ["^WO-\\d+$", true],
  ["", false],
  ["(", false],
  ["\\-", false],
])("%j is accepted: %s", (pattern, accepted) => {
  expect(patternSchema(z).safeParse(pattern).success).toBe(accepted);
});
