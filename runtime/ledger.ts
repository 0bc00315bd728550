import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { appendFileSync, closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readFileSync, readSync } from "node:fs";
import { dirname } from "node:path";
import type { LedgerEnd } from "../actions/action.ts";
import { exclusively } from "./exclusive.ts";
import { atPath, withPath } from "../actions/files.ts";
import { misfit, parseJson, type Shape } from "../actions/json-file.ts";

/** Something that happened, without the chain's own fields. */
export interface Happening {
  readonly kind: "step" | "failure";
  readonly rollout: string;
  readonly release: string;
  readonly step: string;
  readonly action: string;
  /** The right it was done with: of two writers the one with the smaller number had lost it. */
  readonly fencing: number;
  readonly began: string;
  readonly seconds: number;
  readonly by: string;
  /** The step's receipt, or what went wrong. */
  readonly receipt?: unknown;
  readonly message?: string;
}

export interface Entry extends Happening {
  readonly number: number;
  readonly at: string;
  /** Digest of the entry before; empty in the first. */
  readonly previous: string;
  readonly digest: string;
}

/** A ledger's end as somebody has seen it and keeps it: the lease, a host, a database. */
export interface Witness extends LedgerEnd {
  readonly who: string;
}

/** Appends to the ledger and returns when the entry is on the disk. Reads the end of the file only, however long it is. */
export function append(path: string, happening: Happening): void {
  mkdirSync(dirname(path), { recursive: true });
  exclusively(`${path}.lock`, () => {
    // A line that was cut off by a crash stays as evidence; the chain goes on from the entry before it.
    const { last, broken, whole } = readEnd(path);
    const entry = {
      number: (last?.number ?? 0) + broken + 1,
      at: new Date().toISOString(),
      ...happening,
      previous: last?.digest ?? "",
    };
    try {
      appendFileSync(path, `${whole ? "" : "\n"}${JSON.stringify({ ...entry, digest: digestOf(entry) })}\n`);
      const file = openSync(path, "r+");
      fsyncSync(file);
      closeSync(file);
    } catch (error) {
      throw atPath(error, path);
    }
  });
}

/** What the ledger ends with now. */
export function endOf(path: string): LedgerEnd {
  const { last } = readEnd(path);
  return { entry: last?.number ?? 0, digest: last?.digest ?? "" };
}

/** The entries that can be read; `verify` names the lines that cannot. */
export function readLedger(path: string): Entry[] {
  return linesOf(readBytes(path).toString("utf8")).flatMap((line) => entryOf(line) ?? []);
}

/** What is wrong with a ledger, one line each; empty when its chain holds and has in it what others have witnessed. */
export function verify(path: string, witnesses: readonly Witness[] = []): string[] {
  const wrong: string[] = [];
  const seen = new Map<string, number>();
  let previous = "";
  let end = 0;
  const bytes = readBytes(path);
  const text = bytes.toString("utf8");
  if (!isUtf8(bytes)) wrong.push(`${path}: holds bytes that are no text`);
  for (const [index, line] of linesOf(text).entries()) {
    const where = `${path}:${index + 1}`;
    const entry = entryOf(line);
    if (!entry) {
      wrong.push(`${where}: not an entry`);
      continue;
    }
    const { digest, ...rest } = entry;
    if (entry.number !== index + 1)
      wrong.push(`${where}: entry ${entry.number} stands where entry ${index + 1} belongs`);
    if (entry.previous !== previous) wrong.push(`${where}: ${broken(seen.get(entry.previous))}`);
    // By its text, too: spaces in it change nothing that it says, and are not how it was written.
    if (digest !== digestOf(rest) || JSON.stringify(entry) !== line)
      wrong.push(`${where}: was changed after it was written`);
    seen.set(digest, entry.number);
    previous = digest;
    end = entry.number;
  }
  if (text !== "" && !text.endsWith("\n")) wrong.push(`${path}: its last line was cut off`);
  return [...wrong, ...witnesses.flatMap((witness) => contradiction(path, end, seen, witness))];
}

const broken = (parent: number | undefined): string =>
  parent === undefined
    ? "does not follow the entry before it"
    : `a fork: follows entry ${parent}, as an earlier line does. Two copies of this ledger were written to`;

/** A chain that was cut off behind whole entries holds in itself: only who has seen more of it can tell. */
function contradiction(
  path: string,
  end: number,
  seen: ReadonlyMap<string, number>,
  { who, entry, digest }: Witness,
): string[] {
  if (entry === 0 || seen.get(digest) === entry) return [];
  return entry > end
    ? [
        `${path}: ends at entry ${end}, ${who} has witnessed entry ${entry}: it was cut off, or is an earlier copy of the store`,
      ]
    : [
        `${path}: a fork: its entry ${entry} is not the one that ${who} has witnessed. Another copy of the store went on`,
      ];
}

const chunkBytes = 16 * 1024;

/** The last entry, how many lines that are none stand behind it, and whether the last line is a whole one. */
function readEnd(path: string): { last: Entry | undefined; broken: number; whole: boolean } {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { last: undefined, broken: 0, whole: true };
  }
  try {
    const { size } = fstatSync(file);
    for (let bytes = chunkBytes; ; bytes *= 4) {
      const length = Math.min(bytes, size);
      const buffer = Buffer.alloc(length);
      readSync(file, buffer, 0, length, size - length);
      // What stands before the first line's end is a part of a line.
      const lines = linesOf(buffer.toString("utf8", length === size ? 0 : buffer.indexOf("\n") + 1));
      const index = lines.findLastIndex((line) => entryOf(line) !== undefined);
      if (index < 0 && length < size) continue;
      const last = entryOf(lines[index] ?? "");
      return { last, broken: lines.length - 1 - index, whole: length === 0 || buffer.at(-1) === 10 };
    }
  } catch (error) {
    throw withPath(path, error);
  } finally {
    closeSync(file);
  }
}

const digestOf = (entry: object): string => createHash("sha256").update(JSON.stringify(entry)).digest("hex");

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
function entryOf(line: string): Entry | undefined {
  const entry = parseJson(line);
  return misfit(entry, shape) === undefined ? (entry as Entry) : undefined;
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw withPath(path, error);
  }
}

/** An empty line is a line, too: nobody of ours has written it. What stands behind the last line's end is none. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
