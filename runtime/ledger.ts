import { createHash } from "node:crypto";
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { exclusively } from "./exclusive.ts";
import { readIfThere } from "./files.ts";

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
    const last = readLines(path).at(-1);
    const before = last === undefined ? undefined : (JSON.parse(last) as Entry);
    const entry = {
      number: (before?.number ?? 0) + 1,
      at: new Date().toISOString(),
      ...happening,
      previous: before?.digest ?? "",
    };
    appendFileSync(path, `${JSON.stringify({ ...entry, digest: digestOf(entry) })}\n`);
    const file = openSync(path, "r+");
    fsyncSync(file);
    closeSync(file);
  });
}

export function readLedger(path: string): Entry[] {
  return readLines(path).map((line) => JSON.parse(line) as Entry);
}

/** What is wrong with a ledger, one line each; empty when its chain holds. */
export function verify(path: string): string[] {
  const wrong: string[] = [];
  let previous = "";
  for (const [index, line] of readLines(path).entries()) {
    const where = `${path}:${index + 1}`;
    let entry: Entry;
    try {
      entry = JSON.parse(line) as Entry;
    } catch {
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

const readLines = (path: string): string[] => (readIfThere(path) ?? "").split("\n").filter((line) => line !== "");
