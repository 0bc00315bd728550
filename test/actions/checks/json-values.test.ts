/** Values in JSON as they should be, and in words. */
import { expect, test } from "vitest";
import * as z from "zod";
import { expectedValuesSchema, shown, wrongValue } from "../../../actions/checks/json-values.ts";

const body = { order: { id: 5, lines: [{ sku: "a" }], note: null }, text: "abc" };

test("the first wrong value is said, with what was wanted", () => {
  expect(wrongValue(body, { text: "abc", "order.note": null, "order.id": { min: 5 } })).toBe(undefined);
  expect(wrongValue(body, { text: "abc", "order.id": "5" })).toBe('order.id is 5, want "5"');
  expect(wrongValue(body, { "order.lines": { exists: false } })).toBe("order.lines is a list of 1, want nothing");
  expect(wrongValue(undefined, { text: { matches: "^a" } })).toBe("text is undefined, want a text like /^a/");
});

test("what is large is shown as what it is, not as it is", () => {
  expect([shown([1, 2]), shown(body), shown(null), shown(undefined)]).toEqual([
    ...["a list of 2", "an object", "null", "undefined"],
  ]);
  expect(shown("x".repeat(1000))).toHaveLength(80);
});

test("no values at all are refused", () => {
  expect(expectedValuesSchema(z).safeParse({}).error?.issues[0]?.message).toBe(
    "expects nothing: name a path and its value, or leave it out",
  );
});
