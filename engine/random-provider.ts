import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { diffInputs } from "./diff.ts";
import { asText, equal, hasUnknown, mapObject, plain, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { refuse } from "./user-error.ts";
import type { Created, Provider, ResourceProvider } from "./providers.ts";

type Make = (inputs: PropertyMap) => Created | Promise<Created>;
const madeOf = (result: string | number): Created => ({ id: String(result), outputs: { result } });

/** The kinds of random resources: made once from their inputs, and made anew whenever one of them changes. */
const kinds: Record<string, Make> = {
  async Password(inputs) {
    const { hash } = await import("bcryptjs");
    const result = randomText(inputs);
    return { id: "none", outputs: { result, bcryptHash: await hash(result, 10) } };
  },
  String: (inputs) => madeOf(randomText(inputs)),
  Uuid: () => madeOf(randomUUID()),
  Integer: ({ min, max }) => madeOf(randomInt(Number(min), Number(max) + 1)),
  Id({ byteLength, prefix = "" }) {
    const bytes = randomBytes(Number(byteLength));
    const [hex, id] = [bytes.toString("hex"), bytes.toString("base64url")];
    const forms = { b64Std: bytes.toString("base64"), b64Url: id, dec: `${BigInt(`0x${hex}`)}`, hex };
    return { id, outputs: mapObject(forms, (form) => asText(prefix) + asText(form)) };
  },
  Bytes({ length }) {
    const bytes = randomBytes(Number(length));
    const base64 = bytes.toString("base64");
    return { id: base64, outputs: { base64, hex: bytes.toString("hex") } };
  },
  Shuffle({ inputs, resultCount }) {
    const items = inputs as PropertyValue[];
    const count = Number(resultCount ?? items.length);
    const results: PropertyValue[] = [];
    while (items.length > 0 && results.length < count) results.push(...shuffle(items));
    return { id: "-", outputs: { results: results.slice(0, count) } };
  },
  async Pet({ length, separator, prefix }) {
    const { adjectives, animals } = await import("unique-names-generator");
    const words = [...pick(adjectives, Number(length) - 1), ...pick(animals, 1)];
    if (prefix !== undefined) words.unshift(asText(prefix));
    return { id: words.join(asText(separator)), outputs: {} };
  },
};

const defaults: Record<string, (inputs: PropertyMap) => PropertyMap> = {
  Password: (inputs) => textDefaults(inputs, "3"),
  String: (inputs) => textDefaults(inputs, "2"),
  Pet: ({ length = 2, separator = "-" }) => ({ length, separator }),
};

/** Why there can be none of a kind. */
const checks: Record<string, (inputs: PropertyMap) => string | undefined> = {
  Password: textProblem,
  String: textProblem,
};

function textDefaults(inputs: PropertyMap, schemaVersion: string): PropertyMap {
  const { lower = true, upper = true, special = true, numeric = inputs.number ?? true } = inputs;
  const { minLower = 0, minUpper = 0, minNumeric = 0, minSpecial = 0 } = inputs;
  const given = { lower, upper, special, numeric, number: numeric, minLower, minUpper, minNumeric, minSpecial };
  return { ...given, __meta: JSON.stringify({ schema_version: schemaVersion }) };
}

const resources = Object.entries(kinds).map(([kind, make]): [string, ResourceProvider] => {
  const settle = (inputs: PropertyMap): PropertyMap => ({ ...inputs, ...defaults[kind]?.(inputs) });
  const provider: ResourceProvider = {
    check(inputs) {
      const problem = hasUnknown(inputs) ? undefined : checks[kind]?.(plain(settle(inputs)));
      return problem === undefined ? [] : [{ property: "", reason: problem }];
    },
    diff({ inputs: olds = {}, outputs = {} }, inputs) {
      const settled = settle(inputs);
      // Only being secret changes nothing, and neither does a default that is written out, or no longer.
      const { changedKeys } = diffInputs(plain(olds), plain(inputs));
      const keys = changedKeys.filter((key) => !equal(plain(outputs)[key], plain(settled)[key]));
      return { changed: keys.length > 0, changedKeys: keys, replaceKeys: keys, detailed: null };
    },
    async create(inputs, { preview }) {
      if (inputs.seed !== undefined) throw refuse(`Random${kind} with a seed`);
      const settled = settle(inputs);
      // To a preview, an output that is not there is one that is not known yet.
      if (preview || hasUnknown(settled)) return { id: "", outputs: settled };
      const { id, outputs } = await make(plain(settled));
      return { id, outputs: { ...settled, ...outputs, ...(kind !== "Bytes" && { id }) } };
    },
    update: (old, inputs) => Promise.resolve({ ...old.outputs, ...inputs }),
  };
  return [`random:index/random${kind}:Random${kind}`, provider];
});

export const randomProvider: Provider = { functions: {}, resources: Object.fromEntries(resources) };

function textProblem({ length, ...inputs }: PropertyMap): string | undefined {
  const least = ["minUpper", "minLower", "minNumeric", "minSpecial"].reduce(
    (sum, name) => sum + Number(inputs[name]),
    0,
  );
  if (least > Number(length)) {
    const sum = "min_upper + min_lower + min_numeric + min_special";
    return `Invalid Attribute Value. Attribute length value must be at least sum of ${sum}, got: ${Number(length)}`;
  }
  if (["special", "upper", "lower", "numeric"].some((name) => inputs[name] === true)) return undefined;
  return "Invalid Attribute Combination. At least one attribute out of [special,upper,lower,numeric] must be specified as true";
}

function randomText(inputs: PropertyMap): string {
  const length = Number(inputs.length);
  const lower = "abcdefghijklmnopqrstuvwxyz";
  const pools = [
    [inputs.lower, inputs.minLower, lower],
    [inputs.upper, inputs.minUpper, lower.toUpperCase()],
    [inputs.numeric, inputs.minNumeric, "0123456789"],
    [inputs.special, inputs.minSpecial, asText(inputs.overrideSpecial ?? "!@#$%&*()-_=+[]{}<>:?")],
  ] as const;
  const chosen = pools.flatMap(([, least, characters]) => pick(characters, Number(least)));
  const all = pools.map(([use, , characters]) => (use === true ? characters : "")).join("");
  return shuffle([...chosen, ...pick(all, length - chosen.length)]).join("");
}

function pick(pool: string | string[], count: number): string[] {
  return Array.from({ length: count }, () => pool[randomInt(pool.length)] ?? "");
}

function shuffle<T>(items: T[]): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(randomInt(left.length), 1));
}
