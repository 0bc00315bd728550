import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { LedgerEnd, Witness } from "../actions/action.ts";
import { exclusively } from "../actions/exclusive.ts";
import { refuseLower } from "../actions/fence.ts";
import { atPath } from "../actions/files.ts";
import { entryOf, linesOf, readBack, readBytes } from "./ledger-lines.ts";

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

/**
 * Appends to the ledger and returns when the entry is on the disk. Reads the end of the file only, however long it is.
 * Errors: `Fenced` for a step of a rollout that has lost its right to another one, which is in the ledger already. That it
 * has failed is evidence, and is written down.
 */
export function append(path: string, happening: Happening): void {
  mkdirSync(dirname(path), { recursive: true });
  exclusively(`${path}.lock`, ({ want }) => {
    // A line that was cut off by a crash stays as evidence; the chain goes on from the entry before it.
    const { last, broken, whole, highest } = readEnd(path);
    if (highest && isLate(happening, highest))
      refuseLower("the ledger", { ...highest, number: highest.fencing }, happening.fencing);
    const entry = {
      number: (last?.number ?? 0) + broken + 1,
      at: new Date().toISOString(),
      ...happening,
      previous: last?.digest ?? "",
    };
    want();
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

/** The highest fencing number in the ledger, 0 for none. */
export const highestFencing = (path: string): number => readEnd(path).highest?.fencing ?? 0;

/**
 * Whether a step was written, or is about to be, by a rollout that has lost its right. Steps of one rollout that are done
 * side by side may have different numbers: the one that is taken over from a machine that fell silent gets a new one.
 */
const isLate = ({ kind, rollout, fencing }: Happening, highest: Happening): boolean =>
  kind === "step" && rollout !== highest.rollout && fencing < highest.fencing;

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
  let highest: Entry | undefined;
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
    if (highest && isLate(entry, highest))
      wrong.push(
        `${where}: was written with fencing number ${entry.fencing} after rollout ${highest.rollout} had ${highest.fencing}: by one that had lost its right`,
      );
    highest = higher(highest, entry);
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

/** What a ledger has against what somebody has seen of it, in words; undefined when it has that entry. Reads from its end. */
export function contradictionTo(path: string, witness: Witness): string | undefined {
  if (witness.entry === 0) return undefined;
  const { lines } = readBack(path, (tail) => numberOf(tail.find(entryOf)) <= witness.entry);
  const alike = lines.filter((line) => line.includes(witness.digest)).flatMap((line) => entryOf(line) ?? []);
  const seen = new Map(alike.map(({ digest, number }) => [digest, number]));
  return contradiction(path, numberOf(lines.findLast(entryOf), 0), seen, witness)[0];
}

const numberOf = (line = "", otherwise = Infinity): number => entryOf(line)?.number ?? otherwise;

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

/** What stands at a ledger's end. */
interface End {
  readonly last: Entry | undefined;
  /** How many lines that are no entry stand behind the last one. */
  readonly broken: number;
  /** Whether the last line is a whole one. */
  readonly whole: boolean;
  /** Who has acted with the highest fencing number: the last step, or a failure behind it. */
  readonly highest: Entry | undefined;
}

function readEnd(path: string): End {
  const { lines, whole } = readBack(path, (tail) => tail.some((line) => entryOf(line)?.kind === "step"));
  const entries = lines.map(entryOf);
  const index = entries.findLastIndex(Boolean);
  const step = entries.findLastIndex((entry) => entry?.kind === "step");
  const highest = entries.slice(Math.max(0, step)).reduce(higher, undefined);
  return { last: entries[index], broken: lines.length - 1 - index, whole, highest };
}

const higher = (one: Entry | undefined, other: Entry | undefined): Entry | undefined =>
  other && other.fencing > (one?.fencing ?? 0) ? other : one;

const digestOf = (entry: object): string => createHash("sha256").update(JSON.stringify(entry)).digest("hex");
