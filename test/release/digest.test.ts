/** The digest of plain values: what counts in it, and what does not. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { digest } from "../../release/digest.ts";

test("a digest is 16 hexadecimal digits, and stays what it is from version to version", () => {
  expect(digest({ hosts: [{ name: "web-1" }], variables: { A: "1" } })).toBe("1800291f8e876369");
  expect(digest(undefined)).toBe(digest(null));
});

test("the order of keys and keys without a value do not count", () => {
  expect(digest({ a: 1, b: { c: 2, d: undefined } })).toBe(digest({ b: { c: 2 }, a: 1 }));
});

test.each([
  ["another value", { a: 1 }, { a: 2 }],
  ["a text and the number it looks like", { a: 1 }, { a: "1" }],
  ["another order in a list", [1, 2], [2, 1]],
  ["another nesting", { a: { b: 1 } }, { a: 1, b: 1 }],
  ["an empty list and an empty object", [], {}],
])("%s counts", (_, one, other) => {
  expect(digest(one)).not.toBe(digest(other));
});

test("whatever the value, shuffled keys give the same digest, and a copy too", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(digest(reversed)).toBe(digest(value));
      expect(digest(JSON.parse(JSON.stringify(value)))).toBe(digest(value));
    }),
    { numRuns: 200 },
  );
});
