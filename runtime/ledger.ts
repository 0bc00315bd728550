import { createHash } from "node:crypto";
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { exclusively } from "./exclusive.ts";
import { readIfThere } from "../actions/files.ts";

/** Something that happened, without the chain's own fields. */
export interface Happening {
  readonly kind: "step" | "failure";
  readonly rollout: string;
  readonly release: string;
  readonly step: string;
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

/** Appends to the ledger and returns when the entry is on the disk. */
export function append(path: string, happening: Happening): void {
  mkdirSync(dirname(path), { recursive: true });
  exclusively(`${path}.lock`, () => {
    const text = readIfThere(path) ?? "";
    const lines = linesOf(text);
    // A line that was cut off by a crash stays as evidence; the chain goes on from the entry before it.
    const before = lines.map(entryOf).findLast((entry) => entry !== undefined);
    const entry = {
      number: lines.length + 1,
      at: new Date().toISOString(),
      ...happening,
      previous: before?.digest ?? "",
    };
    const onItsOwnLine = text === "" || text.endsWith("\n") ? "" : "\n";
    appendFileSync(path, `${onItsOwnLine}${JSON.stringify({ ...entry, digest: digestOf(entry) })}\n`);
    const file = openSync(path, "r+");
    fsyncSync(file);
    closeSync(file);
  });
}

/** The entries that can be read; `verify` names the lines that cannot. */
export function readLedger(path: string): Entry[] {
  return readLines(path).flatMap((line) => entryOf(line) ?? []);
}

/** What is wrong with a ledger, one line each; empty when its chain holds. */
export function verify(path: string): string[] {
  const wrong: string[] = [];
  let previous = "";
  for (const [index, line] of readLines(path).entries()) {
    const where = `${path}:${index + 1}`;
    const entry = entryOf(line);
    if (!entry) {
      wrong.push(`${where}: not an entry`);
      continue;
    }
    const { digest, ...rest } = entry;
    if (entry.number !== index + 1)
      wrong.push(`${where}: entry ${entry.number} stands where entry ${index + 1} belongs`);
    if (entry.previous !== previous) wrong.push(`${where}: does not follow the entry before it`);
    if (digest !== digestOf(rest)) wrong.push(`${where}: was changed after it was written`);
    previous = digest;
  }
  return wrong;
}

const digestOf = (entry: object): string => createHash("sha256").update(JSON.stringify(entry)).digest("hex");

function entryOf(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

const readLines = (path: string): string[] => linesOf(readIfThere(path) ?? "");

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");
