/** Regular expressions as arguments. */
import { expect, test } from "vitest";
import * as z from "zod";
import { firstFound, patternSchema, toPattern } from "../../../actions/checks/pattern.ts";

const refusal = (text: string) =>
  patternSchema(z)
    .safeParse(text)
    .error?.issues.map((issue) => issue.message);

test("what is no pattern, and what matches everything, is refused", () => {
  expect(refusal("^Error: \\d+$")).toBe(undefined);
  expect(refusal("(")).toEqual(["is no regular expression"]);
  expect(refusal("x*")).toEqual(["matches everything, even the empty text"]);
});

test("patterns are matched line by line", () => {
  expect(toPattern("^b$").test("a\nb\nc")).toBe(true);
  expect(firstFound(["x", "^c"], "a\nb\nc")).toBe("^c");
  expect(firstFound(["x"], "a")).toBe(undefined);
});
