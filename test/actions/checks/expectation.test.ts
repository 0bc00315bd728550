/** What is expected of a value: met or not, in words, and expectations that say nothing. */
import { expect, test } from "vitest";
import * as z from "zod";
import { type Expectation, expectationInWords, expectationSchema, meets } from "../../../actions/checks/expectation.ts";

test.each<[Expectation, unknown[], unknown[], string]>([
  ["ok", ["ok"], ["OK", 1, undefined], '"ok"'],
  [3, [3], ["3", 4, null], "3"],
  [null, [null], [undefined, 0, ""], "null"],
  [{ oneOf: ["ok", 1] }, ["ok", 1], ["1", undefined, ["ok"]], 'one of "ok", 1'],
  [{ min: 1 }, [1, 2.5], [0.9, "2", null, undefined, [2]], "at least 1"],
  [{ max: 0 }, [0, -1], [1, NaN], "at most 0"],
  [{ min: 1, max: 5 }, [1, 5], [0, 6], "at least 1 and at most 5"],
  [{ matches: "^v\\d+$" }, ["v12"], ["v", "xv1", 12, null], "a text like /^v\\d+$/"],
  [{ exists: true }, ["", 0, false, [], {}], [null, undefined], "something"],
  [{ exists: false }, [null, undefined], ["", 0, false], "nothing"],
])("%j", (want, right, wrong, words) => {
  expect(right.filter((value) => !meets(value, want))).toEqual([]);
  expect(wrong.filter((value) => meets(value, want))).toEqual([]);
  expect(expectationInWords(want)).toBe(words);
});

test("a regular expression without an end is stopped", () => {
  expect(() => meets(`${"a".repeat(40)}b`, { matches: "^(a+)+$" })).toThrow(
    "/^(a+)+$/ takes too long over what was answered",
  );
});

const forms =
  "want a value, { oneOf: [value] }, { matches: regular expression }, { exists: true }, or { min, max } with numbers";

test.each<[unknown, string]>([
  [{}, "want min, max or both"],
  [{ min: 2, max: 1 }, "no number is that large and that small"],
  [{ is: 1 }, 'Unrecognized key: "is"'],
  [{ oneOf: [] }, forms],
  [{ matches: "(" }, forms],
  [{ matches: "" }, forms],
  [{ min: "1" }, forms],
  [undefined, forms],
])("%j is refused", (value, message) => {
  const issues = expectationSchema(z).safeParse(value).error?.issues ?? [];
  expect(issues.map((issue) => issue.message)).toContain(message);
});
