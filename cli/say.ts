import { stripVTControlCharacters, styleText } from "node:util";

/** A line of the answer. */
export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** A line about how the answer came to be: kept apart, so that `--json` stays JSON. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Colours a text where standard output is a terminal that shows colours. */
export const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

export type Row = readonly [label: string, text: string];

/** Lines of a label and its text; further lines of the text stand under the first. */
export function table(rows: readonly Row[], indent = "  "): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) =>
    text
      .split("\n")
      .map((line, index) => `${indent}${paint("dim", (index === 0 ? label : "").padEnd(width))}  ${line}`.trimEnd()),
  );
}

/** Columns as wide as their widest text. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (wide, row) => row.map((text, index) => Math.max(wide[index] ?? 0, stripVTControlCharacters(text).length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((text, index) => text + " ".repeat((widths[index] ?? 0) - stripVTControlCharacters(text).length))
      .join("  ")
      .trimEnd(),
  );
}

/** How the command is typed here: messages that name it must work when they are pasted. */
export function commandName(environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_command: npm, npm_lifecycle_event: script } = environment;
  if (npm === "exec") return "npx switchback";
  return script === "start" || script === "switchback" ? "npm run switchback --" : "switchback";
}

/** A message of the pipeline, with its commands as they are typed here. */
export function asTyped(text: string, name = commandName()): string {
  return text.replaceAll(
    /(?<![\w/.:-])switchback (?=(?:up|rollback|status|history|preview|report|verify|unlock|stop|watch)\b)/g,
    `${name} `,
  );
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
