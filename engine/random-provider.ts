import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { changedKeys } from "./diff.ts";
import { asText, equal, hasUnknown, plain, unknown, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { refuse } from "./user-error.ts";
import type { Created, Provider, ResourceProvider } from "./providers.ts";

/** One kind of random resource: made once from its inputs, and made anew whenever one of them changes. */
interface Recipe {
  /** What inputs that are not given count as. */
  defaults?: (inputs: PropertyMap) => PropertyMap;
  /** Outputs that only making it can tell. */
  results: string[];
  make: (inputs: PropertyMap) => Created | Promise<Created>;
}

const recipes: Record<string, Recipe> = {
  Password: {
    defaults: (inputs) => textDefaults(inputs, "3"),
    results: ["result", "bcryptHash"],
    async make(inputs) {
      const { hash } = await import("bcryptjs");
      const result = randomText(inputs);
      return { id: "none", outputs: { result, bcryptHash: await hash(result, 10) } };
    },
  },
  String: {
    defaults: (inputs) => textDefaults(inputs, "2"),
    results: ["result"],
    make: (inputs) => madeOf(randomText(inputs)),
  },
  Uuid: { results: ["result"], make: () => madeOf(randomUUID()) },
  Integer: { results: ["result"], make: ({ min, max }) => madeOf(randomInt(Number(min), Number(max) + 1)) },
  Id: {
    results: ["b64Std", "b64Url", "dec", "hex"],
    make({ byteLength, prefix = "" }) {
      const bytes = randomBytes(Number(byteLength));
      const [hex, id, before] = [bytes.toString("hex"), bytes.toString("base64url"), asText(prefix)];
      const [b64Std, b64Url] = [before + bytes.toString("base64"), before + id];
      return { id, outputs: { b64Std, b64Url, dec: `${before}${BigInt(`0x${hex}`)}`, hex: before + hex } };
    },
  },
  Bytes: {
    results: ["base64", "hex"],
    make({ length }) {
      const bytes = randomBytes(Number(length));
      const base64 = bytes.toString("base64");
      return { id: base64, outputs: { base64, hex: bytes.toString("hex") } };
    },
  },
  Shuffle: {
    results: ["results"],
    make({ inputs, resultCount }) {
      const items = inputs as PropertyValue[];
      const count = Number(resultCount ?? items.length);
      const results: PropertyValue[] = [];
      while (items.length > 0 && results.length < count) results.push(...shuffle(items));
      return { id: "-", outputs: { results: results.slice(0, count) } };
    },
  },
  Pet: {
    defaults: ({ length = 2, separator = "-" }) => ({ length, separator }),
    results: [],
    async make({ length, separator, prefix }) {
      const { adjectives, animals } = await import("unique-names-generator");
      const words = [...pick(adjectives, Number(length) - 1), ...pick(animals, 1)];
      if (prefix !== undefined) words.unshift(asText(prefix));
      return { id: words.join(asText(separator)), outputs: {} };
    },
  },
};

export const randomProvider: Provider = {
  functions: {},
  resources: Object.fromEntries(
    Object.entries(recipes).map(([kind, recipe]) => [
      `random:index/random${kind}:Random${kind}`,
      resource(kind, recipe),
    ]),
  ),
};

function resource(kind: string, { defaults, results, make }: Recipe): ResourceProvider {
  const settle = (inputs: PropertyMap): PropertyMap => ({ ...inputs, ...defaults?.(inputs) });
  return {
    check: () => [],
    diff({ inputs: olds = {}, outputs = {} }, inputs) {
      const settled = settle(inputs);
      // A default that is written out, or no longer, changes nothing.
      const keys = changedKeys(olds, inputs).filter((key) => !equal(outputs[key], settled[key]));
      return { changed: keys.length > 0, changedKeys: keys, replaceKeys: keys, detailed: null };
    },
    async create(inputs, { preview }) {
      if (inputs.seed !== undefined) throw refuse(`Random${kind} with a seed`);
      const settled = settle(inputs);
      if (preview || hasUnknown(settled)) {
        const open = Object.fromEntries([...results, "id"].map((name) => [name, unknown]));
        return { id: "", outputs: { ...settled, ...open } };
      }
      const { id, outputs } = await make(plain(settled) as PropertyMap);
      return { id, outputs: { ...settled, ...outputs, id } };
    },
    update: (old, inputs) => Promise.resolve({ ...old.outputs, ...inputs }),
    delete: () => Promise.resolve(),
  };
}

function madeOf(result: string | number): Created {
  return { id: String(result), outputs: { result } };
}

function textDefaults(inputs: PropertyMap, schemaVersion: string): PropertyMap {
  const { lower = true, upper = true, special = true, numeric = inputs.number ?? true } = inputs;
  const { minLower = 0, minUpper = 0, minNumeric = 0, minSpecial = 0 } = inputs;
  const given = { lower, upper, special, numeric, number: numeric, minLower, minUpper, minNumeric, minSpecial };
  return { ...given, __meta: JSON.stringify({ schema_version: schemaVersion }) };
}

function randomText(inputs: PropertyMap): string {
  const length = Number(inputs.length);
  const pools: [use: unknown, least: unknown, characters: string][] = [
    [inputs.lower, inputs.minLower, "abcdefghijklmnopqrstuvwxyz"],
    [inputs.upper, inputs.minUpper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    [inputs.numeric, inputs.minNumeric, "0123456789"],
    [inputs.special, inputs.minSpecial, asText(inputs.overrideSpecial ?? "!@#$%&*()-_=+[]{}<>:?")],
  ];
  const chosen = pools.flatMap(([, least, characters]) => pick(characters, Number(least)));
  const sum = chosen.length;
  if (sum > length) {
    throw new Error(`The planned value for length (${length}) must be at least the sum of the minima (${sum})`);
  }
  const all = pools.map(([use, , characters]) => (use === true ? characters : "")).join("");
  if (all === "" && length > 0) throw new Error("at least one kind of character must be allowed");
  return shuffle([...chosen, ...pick(all, length - sum)]).join("");
}

function pick(pool: string | string[], count: number): string[] {
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
