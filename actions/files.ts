import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "./action.ts";

/** Replaces a file as a whole: a reader, or a crash, sees the old text or the new one. Makes missing folders. */
export function writeAtomic(path: string, text: string, mode = 0o644): void {
  replace(path, `${path}.${randomBytes(4).toString("hex")}.tmp`, text, mode);
}

/** The same for a file that has one writer at a time: what a killed one left beside it, the next one takes away. */
export function writeAtomicAlone(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  rmSync(temporary, { force: true });
  replace(path, temporary, text, 0o644);
}

/** The same by way of a file of that name; `before`: what is to be asked right before it is put in place. */
export function replace(path: string, temporary: string, text: string, mode: number, before?: () => void): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    const file = openSync(temporary, "wx", mode);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    before?.();
    renameSync(temporary, path);
  } catch (error) {
    // On a full disk one would be left with every heartbeat.
    rmSync(temporary, { force: true });
    throw atPath(error, path);
  }
}

/** An error of the system with the path it is about, and what to do where a disk is full. */
export function atPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error && "syscall" in error) || error.message.includes(path)) return error;
  // Errors of opening and renaming name their paths themselves; those of writing do not.
  const isFull = ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");
  error.message += ` ${path}${isFull ? ". Make room there, then run the same command again" : ""}`;
  return error;
}

/** Takes away what killed ones have left half made in a folder. Only for who works in it alone, as the lease's holder does. */
export function removeUnfinished(folder: string, isUnfinished: (name: string) => boolean): void {
  const names = existsSync(folder) ? readdirSync(folder).filter(isUnfinished) : [];
  for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
}

/**
 * Writes a file among others that came from elsewhere: in the place of whatever bears its name there, and never through a
 * link to another place.
 */
export function writeNew(path: string, text: string, mode = 0o644): void {
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, text, { flag: "wx", mode });
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
