/** The folder of a host, and small programs that stand in it: checks of the target run them for real. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "./context.ts";

/** A host's folder with `files` in `current`. */
export function makeTarget(files: Readonly<Record<string, string>> = {}): string {
  const directory = temporaryFolder();
  mkdirSync(join(directory, "current"));
  for (const [name, text] of Object.entries(files)) put(directory, name, text);
  return directory;
}

/** Writes a file into `current`. Returns its path. */
export function put(directory: string, name: string, text: string | Uint8Array): string {
  const path = join(directory, "current", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A command that runs a script of JavaScript, its arguments in `args`. */
export const script = (text: string, ...args: string[]): string[] => [
  process.execPath,
  "--input-type=module",
  "--eval",
  `import fs from "node:fs"; const args = process.argv.slice(1); ${text}`,
  ...args,
];
