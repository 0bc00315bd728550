import { equal, hasUnknown, isObject, isSecret, plain, signature } from "./property-value.ts";
import { parsePropertyPath } from "./configuration.ts";
import type { Diff, DiffKind } from "./providers.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

/** Keys that are added, gone or different; secret or not does not count. Keys with two underscores are the engine's own. */
export function changedKeys(olds: PropertyMap, news: PropertyMap): string[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((key) => !key.startsWith("__") && !sameValue(olds[key], news[key]))
    .sort();
}

function sameValue(old: PropertyValue | undefined, value: PropertyValue | undefined): boolean {
  if (old === undefined || value === undefined) return old === value;
  return equal(old, value) || (!hasUnknown(value) && equal(plain(old), plain(value)));
}

/** The leaves that differ, by path. A secret is one leaf: its inside is nobody's business. */
export function detailedDiff(olds: PropertyMap, news: PropertyMap): Record<string, DiffKind> {
  const found: Record<string, DiffKind> = {};
  for (const key of changedKeys(olds, news)) compare(pathPart(key, true), olds[key], news[key], found);
  return found;
}

function compare(
  path: string,
  old: PropertyValue | undefined,
  value: PropertyValue | undefined,
  found: Record<string, DiffKind>,
): void {
  if (sameValue(old, value)) return;
  if (old === undefined) found[path] = "add";
  else if (value === undefined) found[path] = "delete";
  else if (Array.isArray(old) && Array.isArray(value)) {
    for (let i = 0; i < Math.max(old.length, value.length); i++) compare(`${path}[${i}]`, old[i], value[i], found);
  } else if (isObject(old) && isObject(value) && !isSecret(old) && !isSecret(value)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(value)])) {
      compare(path + pathPart(key, false), old[key], value[key], found);
    }
  } else found[path] = "update";
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
    return patterns.some((pattern) => contains(pattern, parts));
  };
  const entries = Object.entries(diff.detailed ?? {}).map(([path, kind]): [string, DiffKind] => [
    path,
    isUnder(path) && !kind.endsWith("-replace") ? (`${kind}-replace` as DiffKind) : kind,
  ]);
  return {
    ...diff,
    replaceKeys: [...new Set([...diff.replaceKeys, ...diff.changedKeys.filter(isUnder)])],
    detailed: diff.detailed && Object.fromEntries(entries),
  };
}

function contains(pattern: (string | number)[], path: (string | number)[]): boolean {
  return pattern.length <= path.length && pattern.every((part, i) => part === "*" || part === path[i]);
}

export function needsReplacement({ replaceKeys, detailed }: Diff): boolean {
  return replaceKeys.length > 0 || Object.values(detailed ?? {}).some((kind) => kind.endsWith("-replace"));
}

/** The `ignoreChanges` option: at these paths the stored value stays. */
export function applyIgnoreChanges(inputs: PropertyMap, olds: PropertyMap, ignoreChanges: string[]): PropertyMap {
  return ignoreChanges.reduce((result, path) => keepOld(result, olds, parsePropertyPath(path)) as PropertyMap, inputs);
}

function keepOld(
  value: PropertyValue | undefined,
  old: PropertyValue | undefined,
  [part, ...rest]: (string | number)[],
): PropertyValue | undefined {
  if (part === undefined) return old;
  if (Array.isArray(value)) {
    const olds = Array.isArray(old) ? old : [];
    return value.map((item, i) => (part === "*" || part === i ? (keepOld(item, olds[i], rest) ?? item) : item));
  }
  if (!isObject(value) || value[signature] !== undefined) return value;
  const olds: PropertyMap = isObject(old) && !isSecret(old) ? old : {};
  const result: PropertyMap = { ...value };
  for (const key of part === "*" ? new Set([...Object.keys(value), ...Object.keys(olds)]) : [String(part)]) {
    const kept = keepOld(value[key], olds[key], rest);
    if (kept === undefined) Reflect.deleteProperty(result, key);
    else result[key] = kept;
  }
  return result;
}
