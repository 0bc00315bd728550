import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { withPath } from "../actions/files.ts";
import { misfit, parseJson, type Shape } from "../actions/json-file.ts";
import type { Entry } from "./ledger.ts";

const chunkBytes = 16 * 1024;

/** The whole lines of a ledger from the end back until they are enough, or all of them; and whether the last one is whole. */
export function readBack(path: string, isEnough: (lines: string[]) => boolean): { lines: string[]; whole: boolean } {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { lines: [], whole: true };
  }
  try {
    const { size } = fstatSync(file);
    for (let bytes = chunkBytes; ; bytes *= 4) {
      const length = Math.min(bytes, size);
      const buffer = Buffer.alloc(length);
      readSync(file, buffer, 0, length, size - length);
      // What stands before the first line's end is a part of a line.
      const lines = linesOf(buffer.toString("utf8", length === size ? 0 : buffer.indexOf("\n") + 1));
      if (length === size || isEnough(lines)) return { lines, whole: length === 0 || buffer.at(-1) === 10 };
    }
  } catch (error) {
    throw withPath(path, error);
  } finally {
    closeSync(file);
  }
}

const shape: Shape = {
  number: "number",
  at: "string",
  kind: "string",
  rollout: "string",
  release: "string",
  step: "string",
  action: "string",
  began: "string",
  seconds: "number",
  by: "string",
  previous: "string",
  digest: "string",
};

/** Undefined for a line that says less than every entry does: whoever reads entries relies on that. */
export function entryOf(line: string): Entry | undefined {
  const entry = parseJson(line);
  return misfit(entry, shape) === undefined ? (entry as Entry) : undefined;
}

export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw withPath(path, error);
  }
}

/** An empty line is a line, too: nobody of ours has written it. What stands behind the last line's end is none. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
