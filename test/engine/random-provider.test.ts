import { expect, test } from "vitest";
import { asText, unknown } from "../../engine/property-value.ts";
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
  expect(() => make("Password", { length: 2, minUpper: 3 })).toThrow("must be at least the sum of the minima (3)");
});

test("a preview knows everything but the result", async () => {
  const { outputs } = await make("String", { length: 4 }, true);
  expect(outputs).toMatchObject({ length: 4, lower: true, result: unknown, id: unknown });
});

test("the others have the forms of the provider", async () => {
  expect((await make("Id", { byteLength: 2, prefix: "p-" })).outputs).toMatchObject({
    hex: expect.stringMatching(/^p-[0-9a-f]{4}$/) as string,
    dec: expect.stringMatching(/^p-\d+$/) as string,
  });
  expect((await make("Uuid", {})).id).toMatch(/^[0-9a-f-]{36}$/);
  expect((await make("Bytes", { length: 3 })).outputs.hex).toMatch(/^[0-9a-f]{6}$/);
  expect((await make("Integer", { min: 4, max: 4 })).outputs.result).toBe(4);
  expect((await make("Shuffle", { inputs: ["a", "b"], resultCount: 3 })).outputs.results).toHaveLength(3);
  expect(() => make("Integer", { min: 1, max: 2, seed: "x" })).toThrow(
    "RandomInteger with a seed needs the Pulumi CLI",
  );
});

test("a changed input asks for a new one, a default written out does not", async () => {
  const inputs = { length: 8 };
  const { outputs } = await make("Password", inputs);
  const old = { urn: "u", custom: true, type: "t", inputs, outputs };
  expect(kind("Password").diff(old, { length: 8, special: true }).changed).toBe(false);
  expect(kind("Password").diff(old, { length: 9 })).toMatchObject({ replaceKeys: ["length"], detailed: null });
  expect(kind("Password").diff(old, { length: 8, keepers: { a: "b" } }).replaceKeys).toEqual(["keepers"]);
});
