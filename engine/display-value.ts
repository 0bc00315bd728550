import { asText, equal, isSecret, mask, unknown, type PropertyMap, type PropertyValue } from "./property-value.ts";

type Maybe = PropertyValue | undefined;

/**
 * Of two sides of an object what changes from what to what, or everything where there is only one.
 * `changed` are properties that did change: what does not show it is secret.
 */
export function renderProperties(
  olds: PropertyMap | undefined,
  news: PropertyMap | undefined,
  { showSames = false, changed = [] as string[] } = {},
): string[] {
  const own = (side: PropertyMap): PropertyMap =>
    Object.fromEntries(Object.entries(side).filter(([key]) => !key.startsWith("__")));
  const [old, next] = [own(olds ?? news ?? {}), own(news ?? olds ?? {})];
  return renderParts(old, next, showSames || !olds || !news, changed).map((line) => `  ${line}`);
}

function renderParts(old: PropertyMap, next: PropertyMap, showSames: boolean, changed: string[] = []): string[] {
  const isShown = (key: string): boolean => showSames || changed.includes(key) || !equal(old[key], next[key]);
  const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter(isShown);
  if (Array.isArray(next)) return keys.flatMap((key) => render(`[${key}]`, old[key], next[key], showSames));
  const width = Math.max(...keys.map((key) => key.length));
  return keys.sort().flatMap((key) => render(key.padEnd(width), old[key], next[key], showSames));
}

function render(label: string, old: Maybe, next: Maybe, showSames: boolean): string[] {
  if (!showSames && equal(old, next)) return [`~ ${label}: ${mask} => ${mask}`];
  const head = `${markOf(old, next)} ${label}:`;
  const sides = [old, next].filter((side) => side !== undefined).map(opened);
  if (sides.every(hasParts)) {
    const [open, close] = Array.isArray(sides[0]) ? ["[", "]"] : ["{", "}"];
    const inner = renderParts(partsOf(old), partsOf(next), showSames);
    return [
      `${head} ${typeof (next ?? old) === "string" ? "(json) " : ""}${open}`,
      ...inner.map(indented),
      `  ${close}`,
    ];
  }
  const texts = sides.filter((side) => typeof side === "string" && side !== unknown);
  if (texts.length === sides.length && texts.some((side) => /\n./.test(asText(side)))) {
    return [head, ...changedLines(old as string, next as string).map(indented)];
  }
  return [`${head} ${[...new Set(sides.map(text))].join(" => ")}`];
}

function markOf(old: Maybe, next: Maybe): string {
  if (old === undefined) return "+";
  if (next === undefined) return "-";
  return equal(old, next) ? " " : "~";
}

function text(value: PropertyValue): string {
  if (isSecret(value)) return mask;
  return value === unknown ? "[unknown]" : JSON.stringify(value);
}

/** Of two texts the lines between what both begin and end with; of one, all. */
function changedLines(old?: string, next?: string): string[] {
  if (old === next) return old?.split("\n").map((line) => `  ${line}`) ?? [];
  const [olds, news] = [old?.split("\n") ?? [], next?.split("\n") ?? []];
  while (olds.length > 0 && olds[0] === news[0]) {
    olds.shift();
    news.shift();
  }
  while (olds.length > 0 && olds.at(-1) === news.at(-1)) {
    olds.pop();
    news.pop();
  }
  return [...olds.map((line) => `- ${line}`), ...news.map((line) => `+ ${line}`)];
}

function hasParts(value: PropertyValue): boolean {
  return typeof value === "object" && value !== null && !isSecret(value) && Object.keys(value).length > 0;
}

function partsOf(side: Maybe): PropertyMap {
  return side === undefined ? {} : (opened(side) as PropertyMap);
}

/** A text that is a JSON object or list is shown as one. */
function opened(value: PropertyValue): PropertyValue {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as PropertyValue;
  } catch {
    return value;
  }
}

function indented(line: string): string {
  return `    ${line}`;
}

/** Prints rows in columns, two spaces between. */
export function printTable(heading: string[], rows: string[][]): void {
  const all = [heading, ...rows];
  const widths = heading.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  for (const row of all) {
    const cells = row.map((cell, i) => cell.padEnd(widths[i] ?? 0));
    process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
}
