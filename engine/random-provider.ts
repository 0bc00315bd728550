import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { changedKeys } from "./diff.ts";
import { asText, equal, hasUnknown, plain, unknown } from "./property-value.ts";
import { refuse } from "./user-error.ts";
import type { Created, Provider, ResourceProvider } from "./providers.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

/** One kind of random resource: made once from its inputs, and made anew whenever one of them changes. */
interface Recipe {
  /** What inputs that are not given count as. */
  defaults: (inputs: PropertyMap) => PropertyMap;
  /** Outputs that only making it can tell. */
  results: string[];
  make: (inputs: PropertyMap) => Created;
}

interface TextInputs {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  overrideSpecial?: string;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
}

function resource({ defaults, results, make }: Recipe): ResourceProvider {
  const settle = (inputs: PropertyMap): PropertyMap => ({ ...inputs, ...defaults(inputs) });
  return {
    check: () => [],
    diff(old, inputs) {
      const stored = { ...old.outputs };
      for (const name of ["id", ...results]) Reflect.deleteProperty(stored, name);
      const settled = settle(inputs);
      const keys = changedKeys(old.inputs ?? {}, inputs).filter((key) => !equal(stored[key], settled[key]));
      return { changed: keys.length > 0, changedKeys: keys, replaceKeys: keys, detailed: null };
    },
    create(inputs, { preview }) {
      const settled = settle(inputs);
      if (preview || hasUnknown(settled)) {
        const open = Object.fromEntries(results.map((name): [string, PropertyValue] => [name, unknown]));
        return Promise.resolve({ id: "", outputs: { ...settled, ...open, id: unknown } });
      }
      const { id, outputs } = make(plain(settled) as PropertyMap);
      return Promise.resolve({ id, outputs: { ...settled, ...outputs, id } });
    },
    update: (old, inputs) => Promise.resolve({ ...old.outputs, ...inputs }),
    delete: () => Promise.resolve(),
  };
}

const text = (schemaVersion: string, idOf: (result: string) => string): Recipe => ({
  defaults(inputs) {
    const { lower = true, upper = true, special = true, minLower = 0, minUpper = 0 } = inputs;
    const { minNumeric = 0, minSpecial = 0, numeric = inputs.number ?? true } = inputs;
    const given = { lower, upper, special, numeric, number: numeric, minLower, minUpper, minNumeric, minSpecial };
    return { ...given, __meta: JSON.stringify({ schema_version: schemaVersion }) };
  },
  results: ["result"],
  make(inputs) {
    const result = randomText(inputs as unknown as TextInputs);
    return { id: idOf(result), outputs: { result } };
  },
});

const none = (): PropertyMap => ({});

export const randomProvider: Provider = {
  functions: {},
  resources: {
    "random:index/randomPassword:RandomPassword": resource(text("3", () => "none")),
    "random:index/randomString:RandomString": resource(text("2", (result) => result)),
    "random:index/randomUuid:RandomUuid": resource({
      defaults: none,
      results: ["result"],
      make() {
        const result = randomUUID();
        return { id: result, outputs: { result } };
      },
    }),
    "random:index/randomId:RandomId": resource({
      defaults: none,
      results: ["b64Std", "b64Url", "dec", "hex"],
      make({ byteLength, prefix = "" }) {
        const bytes = randomBytes(Number(byteLength));
        const forms = {
          b64Std: bytes.toString("base64"),
          b64Url: bytes.toString("base64url"),
          dec: BigInt(`0x${bytes.toString("hex")}`).toString(),
          hex: bytes.toString("hex"),
        };
        const outputs = Object.fromEntries(
          Object.entries(forms).map(([form, value]) => [form, asText(prefix) + value]),
        );
        return { id: forms.b64Url, outputs };
      },
    }),
    "random:index/randomBytes:RandomBytes": resource({
      defaults: none,
      results: ["base64", "hex"],
      make({ length }) {
        const bytes = randomBytes(Number(length));
        return {
          id: bytes.toString("base64"),
          outputs: { base64: bytes.toString("base64"), hex: bytes.toString("hex") },
        };
      },
    }),
    "random:index/randomInteger:RandomInteger": resource({
      defaults: none,
      results: ["result"],
      make({ min, max, seed }) {
        if (seed !== undefined) throw refuse("RandomInteger with a seed");
        const result = randomInt(Number(min), Number(max) + 1);
        return { id: String(result), outputs: { result } };
      },
    }),
    "random:index/randomShuffle:RandomShuffle": resource({
      defaults: none,
      results: ["results"],
      make({ inputs, resultCount, seed }) {
        if (seed !== undefined) throw refuse("RandomShuffle with a seed");
        const items = inputs as PropertyValue[];
        const count = resultCount === undefined ? items.length : Number(resultCount);
        const results: PropertyValue[] = [];
        while (items.length > 0 && results.length < count) results.push(...shuffle(items));
        return { id: "-", outputs: { results: results.slice(0, count) } };
      },
    }),
  },
};

function randomText(inputs: TextInputs): string {
  const pools: [boolean, number, string][] = [
    [inputs.lower, inputs.minLower, "abcdefghijklmnopqrstuvwxyz"],
    [inputs.upper, inputs.minUpper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    [inputs.numeric, inputs.minNumeric, "0123456789"],
    [inputs.special, inputs.minSpecial, inputs.overrideSpecial ?? "!@#$%&*()-_=+[]{}<>:?"],
  ];
  const least = pools.reduce((sum, [, min]) => sum + min, 0);
  if (least > inputs.length) {
    throw new Error(
      `The planned value for length (${inputs.length}) must be at least the sum of the minima (${least})`,
    );
  }
  const all = pools.map(([use, , pool]) => (use ? pool : "")).join("");
  if (all === "" && inputs.length > 0) throw new Error("at least one kind of character must be allowed");
  const chosen = pools.flatMap(([, min, pool]) => pick(pool, min));
  return shuffle([...chosen, ...pick(all, inputs.length - least)]).join("");
}

function pick(pool: string, count: number): string[] {
  return Array.from({ length: count }, () => pool[randomInt(pool.length)] ?? "");
}

function shuffle<T>(items: T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
