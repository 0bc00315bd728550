import { expect, test } from "vitest";
import {
  equal,
  flattenOutputs,
  hasUnknown,
  masked,
  plain,
  secret,
  secretTexts,
  signature,
  unknown,
} from "../../engine/property-value.ts";

const value = { a: secret({ token: "tok" }), b: [1, secret("x")], c: "open" };

test("secrets are unwrapped, masked and listed at any depth", () => {
  expect(plain(value)).toEqual({ a: { token: "tok" }, b: [1, "x"], c: "open" });
  expect(JSON.stringify(masked(value))).not.toMatch(/tok|"x"/);
  expect(secretTexts(value)).toEqual(["tok", "x"]);
});

test("equality does not look at the order of keys", () => {
  expect(equal({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  expect(equal({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(equal([1, 2], [1])).toBe(false);
});

test("output values become secrets, plain values or unknowns", () => {
  const output = (fields: object) => ({ [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields });
  expect(flattenOutputs({ a: output({ value: 1, secret: true }), b: output({ value: 2 }), c: output({}) })).toEqual({
    a: secret(1),
    b: 2,
    c: unknown,
  });
  expect(hasUnknown([{ a: unknown }])).toBe(true);
});
