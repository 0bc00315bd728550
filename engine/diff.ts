import { parsePropertyPath } from "./configuration.ts";
import { equal, isObject, isSecret, signature } from "./property-value.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

export type DiffKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

/** What changed between the stored and the new inputs. */
export interface Diff {
  changed: boolean;
  changedKeys: string[];
  /** Changed keys that can only change by a new resource. */
  replaceKeys: string[];
  /** By property path; null where a provider does not say. */
  detailed: Record<string, DiffKind> | null;
}

/** The difference of resources that are updated in place. */
export function diffInputs(olds: PropertyMap = {}, news: PropertyMap, detailed: Diff["detailed"] = null): Diff {
  const keys = changedKeys(olds, news);
  return { changed: keys.length > 0, changedKeys: keys, replaceKeys: [], detailed };
}

/** Keys that are added, gone or different; a value that becomes secret is. Keys with two underscores are the engine's own. */
export function changedKeys(olds: PropertyMap, news: PropertyMap): string[] {
  const isChanged = (key: string): boolean => !key.startsWith("__") && !equal(olds[key], news[key]);
  return allKeys(olds, news).filter(isChanged).sort();
}

export const allKeys = (olds: object, news: object): string[] => [
  ...new Set([...Object.keys(olds), ...Object.keys(news)]),
];

/** The leaves that differ, by path. A secret is one leaf, its inside is nobody's business; and so is an asset. */
export function detailedDiff(olds: PropertyMap, news: PropertyMap): Record<string, DiffKind> {
  const keys = changedKeys(olds, news);
  return Object.fromEntries(keys.flatMap((key) => leaves(pathPart(key, true), olds[key], news[key])));
}

function leaves(path: string, old?: PropertyValue, value?: PropertyValue): [string, DiffKind][] {
  if (equal(old, value)) return [];
  if (old === undefined) return [[path, "add"]];
  if (value === undefined) return [[path, "delete"]];
  if (Array.isArray(old) && Array.isArray(value)) {
    return allKeys(old, value).flatMap((i) => leaves(`${path}[${i}]`, old[Number(i)], value[Number(i)]));
  }
  if (!isObject(old) || !isObject(value) || old[signature] || value[signature]) return [[path, "update"]];
  return allKeys(old, value).flatMap((key) => leaves(path + pathPart(key, false), old[key], value[key]));
}

function pathPart(key: string, first: boolean): string {
  if (/[.[\]"]/.test(key)) return `[${JSON.stringify(key)}]`;
  return first ? key : `.${key}`;
}

/** The `replaceOnChanges` option: what changed below one of these paths asks for a new resource. */
export function applyReplaceOnChanges(diff: Diff, replaceOnChanges: string[]): Diff {
  const patterns = replaceOnChanges.map(parsePropertyPath);
  const isUnder = (path: string): boolean => {
    const parts = parsePropertyPath(path);
    return patterns.some((pattern) => pattern.every((part, i) => (part === "*" ? i in parts : part === parts[i])));
  };
  const replacing = ([path, kind]: [string, DiffKind]): [string, DiffKind] =>
    isUnder(path) ? [path, `${kind.replace("-replace", "")}-replace` as DiffKind] : [path, kind];
  return {
    ...diff,
    replaceKeys: [...new Set([...diff.replaceKeys, ...diff.changedKeys.filter(isUnder)])],
    detailed: diff.detailed && Object.fromEntries(Object.entries(diff.detailed).map(replacing)),
  };
}

export function needsReplacement({ replaceKeys, detailed }: Diff): boolean {
  return replaceKeys.length > 0 || Object.values(detailed ?? {}).some((kind) => kind.endsWith("-replace"));
}

/** The `ignoreChanges` option: at these paths the stored value stays. */
export function applyIgnoreChanges(inputs: PropertyMap, olds: PropertyMap, ignoreChanges: string[]): PropertyMap {
  return ignoreChanges.reduce((result, path) => keepOld(result, olds, parsePropertyPath(path)) as PropertyMap, inputs);
}

type Maybe = PropertyValue | undefined;

function keepOld(value: Maybe, old: Maybe, [part, ...rest]: (string | number)[]): Maybe {
  if (part === undefined) return old;
  if (Array.isArray(value)) {
    const olds = Array.isArray(old) ? old : [];
    return value.map((item, i) => (part === "*" || part === i ? (keepOld(item, olds[i], rest) ?? item) : item));
  }
  if (!isObject(value) || value[signature] !== undefined) return value;
  const olds: PropertyMap = isObject(old) && !isSecret(old) ? old : {};
  const result: PropertyMap = { ...value };
  for (const key of part === "*" ? allKeys(value, olds) : [String(part)]) {
    const kept = keepOld(value[key], olds[key], rest);
    if (kept === undefined) Reflect.deleteProperty(result, key);
    else result[key] = kept;
  }
  return result;
}
