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
  const [old = {}, next = {}] = [olds ?? news, news ?? olds];
  const labels = labelsOf(old, next).filter((label) => !label.startsWith("__"));
  const lines = labels.flatMap((label) => {
    const shown = render(label, old[label], next[label], showSames || !olds || !news);
    return shown.length === 0 && changed.includes(label) ? [`~ ${label}: ${mask} => ${mask}`] : shown;
  });
  return lines.map((line) => `  ${line}`);
}

function render(label: string, old: Maybe, next: Maybe, showSames: boolean): string[] {
  if (!showSames && equal(old, next)) return [];
  const head = `${markOf(old, next)} ${label}:`;
  const sides = [old, next].filter((side) => side !== undefined).map(opened);
  if (sides.every(hasParts)) {
    const [olds, news] = [partsOf(old), partsOf(next)];
    const inner = labelsOf(olds, news).flatMap((part) => render(part, olds[part], news[part], showSames));
    return [head, ...inner.map(indented)];
  }
  const texts = sides.filter((side) => typeof side === "string" && side !== unknown);
  if (texts.length === sides.length && texts.some((side) => /\n./.test(asText(side)))) {
    return [head, ...changedLines(old as string, next as string).map(indented)];
  }
  return [`${head} ${[...new Set(sides.map(text))].join(" => ")}`];
}

/** A value's own keys, sorted but for lists. */
function labelsOf(old: PropertyMap, next: PropertyMap): string[] {
  const labels = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return Array.isArray(next) ? labels : labels.sort();
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
