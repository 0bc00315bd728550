import { isDeepStrictEqual } from "node:util";

/** Values as they travel between program and engine and lie in the state: JSON, plus objects with a signature. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [key: string]: PropertyValue;
}

export const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
export const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
export const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** What stands for a value that only an update can tell. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** How events and texts show a secret. */
export const mask = "[secret]";

export const secret = (value: PropertyValue): PropertyMap => ({ [signature]: secretSignature, value });

/** A secret as the state file has it: `text` is ciphertext, or JSON text when `key` is "plaintext". */
export function sealedSecret(text: string, key: "ciphertext" | "plaintext" = "ciphertext"): PropertyMap {
  return { [signature]: secretSignature, [key]: text };
}

export function isObject(value: unknown): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: PropertyValue | undefined): value is PropertyMap {
  return isObject(value) && value[signature] === secretSignature;
}

type Replace = (value: PropertyValue, path: string) => PropertyValue | undefined;

/** A copy of `value`; where `replace` answers something, that is taken and not looked into. */
export function mapValue<T extends PropertyValue>(value: T, replace: Replace, path?: string): T;
export function mapValue(value: PropertyValue, replace: Replace, path = ""): PropertyValue {
  const replaced = replace(value, path);
  if (replaced !== undefined) return replaced;
  if (Array.isArray(value)) return value.map((item, i) => mapValue(item, replace, `${path}[${i}]`));
  return isObject(value) ? mapObject(value, (item, key) => mapValue(item, replace, `${path}.${key}`)) : value;
}

export function mapObject(map: PropertyMap, change: (value: PropertyValue, key: string) => PropertyValue): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

export function mapSecrets<T extends PropertyValue>(
  value: T,
  change: (secret: PropertyMap, path: string) => PropertyValue | undefined,
): T {
  return mapValue(value, (item, path) => (isSecret(item) ? change(item, path) : undefined));
}

/** The value without secret marks. */
export function plain<T extends PropertyValue>(value: T): T {
  return mapSecrets(value, ({ value: inner = null }) => plain(inner));
}

export const masked = <T extends PropertyValue>(value: T): T => mapSecrets(value, () => sealedSecret(mask));

export function sortedByKey<T>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Values from the wire: output values (which mark secrets and dependencies) become plain values or secrets. */
export function flattenOutputs<T extends PropertyValue>(value: T): T {
  return mapValue(value, (item) => {
    if (!isObject(item)) return undefined;
    // As the CLI has it in its files.
    if (item[signature] === resourceSignature) return { packageVersion: "", ...item };
    if (item[signature] !== outputSignature) return undefined;
    const inner = "value" in item ? flattenOutputs(item.value ?? null) : unknown;
    return item.secret === true ? secret(inner) : inner;
  });
}

/** A string as it is, anything else as JSON. */
export const asText = (value: PropertyValue | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);

/** The value and everything inside it. */
function parts(value: PropertyValue): PropertyValue[] {
  return typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(parts)] : [value];
}

export const some = (value: PropertyValue, test: (value: PropertyValue) => boolean): boolean => parts(value).some(test);
export const hasUnknown = (value: PropertyValue): boolean => parts(value).includes(unknown);

/** The plain texts of all secrets in `value`, for masking what a script prints; a longer one may contain a shorter. */
export function secretTexts(value: PropertyValue): string[] {
  const inSecrets = parts(value).flatMap((item) => (isSecret(item) ? parts(item.value ?? null) : []));
  return inSecrets.filter((item) => typeof item === "string" && item !== "") as string[];
}

export const equal: (a?: PropertyValue, b?: PropertyValue) => boolean = isDeepStrictEqual;
