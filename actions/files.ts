import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Refusal } from "./action.ts";

/** Replaces a file as a whole: a reader, or a crash, sees the old text or the new one. Makes missing folders. */
export function writeAtomic(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const file = openSync(temporary, "wx", mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** The text of a file, or undefined when there is none. Errors: a folder is in its place; the system's others. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw withPath(path, error);
  }
}

/** The system does not say which file it was that turned out to be a folder. */
export function withPath(path: string, error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === "EISDIR"
    ? new Refusal(`${path}: is a folder, a file is expected there. Move it away`)
    : error;
}
