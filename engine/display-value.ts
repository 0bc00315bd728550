import { allKeys } from "./diff.ts";
import { equal, isSecret, mask, unknown, type PropertyMap, type PropertyValue } from "./property-value.ts";

type Maybe = PropertyValue | undefined;

/** Of two sides of an object what changes from what to what; everything where there is only one, or if `whole`. */
export function renderProperties(olds: Maybe, news: Maybe, whole = false): string[] {
  const isWhole = whole || olds === undefined || news === undefined;
  return renderParts(olds ?? news, news ?? olds, isWhole).map((line) => `  ${line}`);
}

function renderParts(olds: Maybe, news: Maybe, whole: boolean): string[] {
  const [old, next] = [(olds ?? {}) as PropertyMap, (news ?? {}) as PropertyMap];
  const shown = allKeys(old, next).filter((key) => !key.startsWith("__") && (whole || !equal(old[key], next[key])));
  if (Array.isArray(next)) return shown.flatMap((key) => render(`[${key}]`, old[key], next[key], whole));
  const width = Math.max(...shown.map((key) => key.length));
  return shown.sort().flatMap((key) => render(key.padEnd(width), old[key], next[key], whole));
}

function render(label: string, old: Maybe, next: Maybe, whole: boolean): string[] {
  const head = `${markOf(old, next)} ${label}:`;
  const [before, after] = [opened(old), opened(next)];
  const sides = [before, after].filter((side) => side !== undefined);
  if (!sides.every(hasParts)) {
    const texts = sides.map(text);
    return [`${head} ${equal(old, next) ? texts[0] : texts.join(" => ")}`];
  }
  const [open, close] = Array.isArray(sides[0]) ? "[]" : "{}";
  const json = typeof (next ?? old) === "string" ? "(json) " : "";
  const inner = renderParts(before, after, whole).map((line) => `    ${line}`);
  return [`${head} ${json}${open}`, ...inner, `  ${close}`];
}

/** What becomes of a property: `+` it comes, `-` it goes, `~` it changes. */
export function markOf(old: Maybe, next: Maybe): string {
  if (old === undefined) return "+";
  if (next === undefined) return "-";
  return equal(old, next) ? " " : "~";
}

function text(value: PropertyValue): string {
  if (isSecret(value)) return mask;
  return value === unknown ? "[unknown]" : JSON.stringify(value);
}

function hasParts(value: PropertyValue): boolean {
  return value instanceof Object && !isSecret(value) && Object.keys(value).length > 0;
}

/** A text that is a JSON object or list is shown as one. */
function opened(value: Maybe): Maybe {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as PropertyValue;
  } catch {
    return value;
  }
}
