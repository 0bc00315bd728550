import { compare } from "bcryptjs";
import { expect, test } from "vitest";
import { asText, secret, unknown } from "../../engine/property-value.ts";
import { randomProvider } from "../../engine/random-provider.ts";
import type { PropertyMap } from "../../engine/property-value.ts";

const context = {
  name: "n",
  preview: false,
  directory: ".",
  signal: new AbortController().signal,
  log: () => undefined,
};
const kind = (name: string) => {
  const provider = randomProvider.resources[`random:index/random${name}:Random${name}`];
  if (!provider) throw new Error(`no ${name}`);
  return provider;
};
const make = (name: string, inputs: PropertyMap, preview = false) => kind(name).create(inputs, { ...context, preview });

test("a password has its length, its kinds of characters and their minima", async () => {
  const { id, outputs } = await make("Password", { length: 12, special: false, minNumeric: 3, upper: false });
  expect(id).toBe("none");
  expect(outputs).toMatchObject({
    length: 12,
    lower: true,
    special: false,
    numeric: true,
    number: true,
    minNumeric: 3,
  });
  expect(outputs.result).toMatch(/^[a-z0-9]{12}$/);
  expect(asText(outputs.result).replace(/\D/g, "").length).toBeGreaterThanOrEqual(3);
});

test("a text that there cannot be is refused before it is made", () => {
  const reasons = (inputs: PropertyMap) =>
    kind("String")
      .check?.(inputs)
      .map(({ reason }) => reason);
  expect(reasons({ length: 3, minUpper: 3 })).toEqual([]);
  expect(reasons({ length: unknown, minUpper: 3 })).toEqual([]);
  expect(reasons({ length: 2, minUpper: 3 })).toEqual([
    "Invalid Attribute Value. Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: 2",
  ]);
  const none = { upper: false, lower: false, numeric: false, special: false };
  expect(reasons({ length: 2, ...none })).toEqual([
    expect.stringMatching(/^Invalid Attribute Combination\. At least one/),
  ]);
});

test("a password comes with its bcrypt hash", async () => {
  const { outputs } = await make("Password", { length: 5 });
  expect(outputs.bcryptHash).toMatch(/^\$2[aby]\$10\$/);
  expect(await compare(asText(outputs.result), asText(outputs.bcryptHash))).toBe(true);
  expect((await make("Password", { length: 5 }, true)).outputs).not.toHaveProperty("bcryptHash");
});

test("a preview knows everything but the result", async () => {
  const { outputs } = await make("String", { length: 4 }, true);
  expect(outputs).toMatchObject({ length: 4, lower: true });
  expect(outputs).not.toHaveProperty("result");
});

test("the others have the forms of the provider", async () => {
  expect((await make("Id", { byteLength: 2, prefix: "p-" })).outputs).toMatchObject({
    hex: expect.stringMatching(/^p-[0-9a-f]{4}$/) as string,
    dec: expect.stringMatching(/^p-\d+$/) as string,
  });
  expect((await make("Uuid", {})).id).toMatch(/^[0-9a-f-]{36}$/);
  const { outputs: bytes } = await make("Bytes", { length: 3 });
  expect(bytes.hex).toMatch(/^[0-9a-f]{6}$/);
  expect(Object.keys(bytes).sort()).toEqual(["base64", "hex", "length"]);
  expect((await make("Integer", { min: 4, max: 4 })).outputs.result).toBe(4);
  expect((await make("Shuffle", { inputs: ["a", "b"], resultCount: 3 })).outputs.results).toHaveLength(3);
});

test("seeds are refused, in a preview too", async () => {
  const refused = "RandomInteger with a seed needs the Pulumi CLI";
  await expect(make("Integer", { min: 1, max: 2, seed: "x" }, true)).rejects.toThrow(refused);
});

test("a pet has as many words as it is asked for, after its prefix", async () => {
  const { id, outputs } = await make("Pet", {});
  expect(id).toMatch(/^[a-z]+-[a-z]+$/);
  expect(outputs).toEqual({ id, length: 2, separator: "-" });
  expect((await make("Pet", { length: 1 })).id).toMatch(/^[a-z]+$/);
  expect((await make("Pet", { length: 3, separator: "_", prefix: "my" })).id).toMatch(/^my_[a-z]+_[a-z]+_[a-z]+$/);
});

test("a changed input asks for a new one, a default written out does not", async () => {
  const inputs = { length: 8 };
  const { outputs } = await make("Password", inputs);
  const old = { urn: "u", custom: true, type: "t", inputs, outputs };
  expect(kind("Password").diff(old, { length: 8, special: true }).changed).toBe(false);
  expect(kind("Password").diff(old, { length: secret(8) }).changed).toBe(false);
  expect(kind("Password").diff(old, { length: 9 })).toMatchObject({ replaceKeys: ["length"], detailed: null });
  expect(kind("Password").diff(old, { length: 8, keepers: { a: "b" } }).replaceKeys).toEqual(["keepers"]);
});
