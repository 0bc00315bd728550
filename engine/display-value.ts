import { isObject, isSecret, mask, unknown } from "./property-value.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

type Maybe = PropertyValue | undefined;
type Entry = [label: string, old: Maybe, next: Maybe];

/** Renders the properties of an object, or what changed between two, one line each or more. */
export function renderProperties(
  olds: PropertyMap | undefined,
  news: PropertyMap | undefined,
  options: Options,
): string[] {
  const keys = [...new Set([...Object.keys(olds ?? {}), ...Object.keys(news ?? {})])].sort();
  const entries = keys.map((key): Entry => [key, olds?.[key], news?.[key]]);
  return renderEntries(
    entries.filter(([key]) => !key.startsWith("__")),
    4,
    {
      ...options,
      compare: olds !== undefined && news !== undefined,
    },
  );
}

interface Options {
  /** Show what is the same, too; below a value taken as JSON that is always done. */
  showSames: boolean;
}

interface Rendering extends Options {
  /** Whether old and new are set against each other; else there is only one side. */
  compare: boolean;
}

function renderEntries(entries: Entry[], indent: number, rendering: Rendering): string[] {
  const shown = entries.filter(([, old, next]) => rendering.showSames || !rendering.compare || !same(old, next));
  const width = Math.max(0, ...shown.map(([label]) => (label.startsWith("[") ? 0 : label.length)));
  return shown.flatMap(([label, old, next]) => renderEntry(label.padEnd(width), old, next, indent, rendering));
}

function renderEntry(label: string, old: Maybe, next: Maybe, indent: number, rendering: Rendering): string[] {
  const line = (mark: string, text: string): string => `${" ".repeat(indent - 2)}${mark} ${label}: ${text}`;
  const whole = (mark: string, value: PropertyValue): string[] => {
    const [first = "", ...rest] = renderValue(value, indent);
    return [line(mark, first), ...rest];
  };
  if (!rendering.compare) return whole(" ", next ?? old ?? null);
  if (old === undefined) return whole("+", next ?? null);
  if (next === undefined) return whole("-", old);
  if (same(old, next)) return whole(" ", next);
  const [oldJson, nextJson] = [parsedJson(old), parsedJson(next)];
  const inner = { ...rendering, showSames: true };
  if (oldJson && nextJson) return nested(line("~", "(json) "), oldJson, nextJson, indent, inner);
  if (isContainer(old) && isContainer(next) && Array.isArray(old) === Array.isArray(next)) {
    return nested(line("~", ""), old, next, indent, rendering);
  }
  const lines = changedLines(old, next, indent);
  if (lines) return [line("~", ""), ...lines].map((text) => text.trimEnd());
  return [line("~", `${renderValue(old, indent).join("\n")} => ${renderValue(next, indent).join("\n")}`)];
}

type Container = PropertyValue[] | PropertyMap;

function nested(head: string, old: Container, next: Container, indent: number, rendering: Rendering): string[] {
  const [open, close] = Array.isArray(next) ? ["[", "]"] : ["{", "}"];
  const labels = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  if (!Array.isArray(next)) labels.sort();
  const entries = labels.map((key): Entry => [Array.isArray(next) ? `[${key}]` : key, at(old, key), at(next, key)]);
  return [head + open, ...renderEntries(entries, indent + 4, rendering), `${" ".repeat(indent)}${close}`];
}

function at(container: Container, key: string): Maybe {
  return (container as PropertyMap)[key];
}

/** A value as text; objects and lists over several lines, the first without indentation. */
export function renderValue(value: PropertyValue, indent: number): string[] {
  if (isSecret(value)) return [mask];
  if (value === unknown) return ["[unknown]"];
  const json = parsedJson(value);
  if (json) return renderContainer("(json) ", json, indent);
  return isContainer(value) ? renderContainer("", value, indent) : [JSON.stringify(value)];
}

function renderContainer(prefix: string, value: Container, indent: number): string[] {
  const empty = Array.isArray(value) ? "[]" : "{}";
  if (Object.keys(value).length === 0) return [prefix + empty];
  return nested(prefix, value, value, indent, { showSames: true, compare: false });
}

function isContainer(value: PropertyValue): value is Container {
  return (Array.isArray(value) || isObject(value)) && !isSecret(value);
}

function same(old: Maybe, next: Maybe): boolean {
  return JSON.stringify(old) === JSON.stringify(next);
}

/** Text that is a JSON object or list is shown as one. */
function parsedJson(value: PropertyValue): Container | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as Container;
  } catch {
    return undefined;
  }
}

/** For texts of several lines: those that differ, between what both have in common. */
function changedLines(old: PropertyValue, next: PropertyValue, indent: number): string[] | undefined {
  if (typeof old !== "string" || typeof next !== "string" || !/\n./.test(old + next)) return undefined;
  const [olds, news] = [old.split("\n"), next.split("\n")];
  let start = 0;
  while (start < olds.length && start < news.length && olds[start] === news[start]) start++;
  let [oldEnd, newEnd] = [olds.length, news.length];
  while (oldEnd > start && newEnd > start && olds[oldEnd - 1] === news[newEnd - 1])
    [oldEnd, newEnd] = [oldEnd - 1, newEnd - 1];
  const mark = (sign: string, lines: string[]): string[] =>
    lines.map((line) => `${" ".repeat(indent + 2)}${sign} ${line}`);
  const around = (lines: string[]): string[] =>
    lines.length > 0 ? mark(" ", [lines.length > 1 ? "..." : (lines[0] ?? "")]) : [];
  return [
    ...around(olds.slice(0, start)),
    ...mark("-", olds.slice(start, oldEnd)),
    ...mark("+", news.slice(start, newEnd)),
    ...around(olds.slice(oldEnd)),
  ];
}

/** Prints rows in columns, two spaces between. */
export function printTable(heading: string[], rows: string[][]): void {
  const all = [heading, ...rows];
  const widths = heading.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  for (const row of all) {
    process.stdout.write(
      `${row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
    );
  }
}
