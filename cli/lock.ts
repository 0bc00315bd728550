import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { hasEnded } from "../runtime/owner.ts";

interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp?: string;
}

/** Who holds a stack's lock. */
export interface LockHolder {
  /**
   * `dead`: only engines that were killed on this machine. Such a lock never ends by itself, and what the steps
   * themselves left behind is taken care of by their own records. `elsewhere`: on another machine, dead or alive.
   */
  readonly state: "nobody" | "dead" | "somebody" | "elsewhere";
  /** In words; empty for nobody. */
  readonly by: string;
}

/** Reads it from a backend of this machine. */
export function lockHolder(backend: string, project: string, stack: string): LockHolder {
  const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
  const locks = files.map((file) => readLock(join(folder, file)));
  if (locks.length === 0) return { state: "nobody", by: "" };
  if (locks.includes(undefined)) return { state: "somebody", by: "nobody knows who" };
  const known = locks.filter((lock) => lock !== undefined);
  const here = known.find((lock) => lock.hostname === hostname() && !hasEnded(lock.pid));
  if (here) return { state: "somebody", by: inWords(here) };
  const elsewhere = known.find((lock) => lock.hostname !== hostname());
  if (elsewhere) return { state: "elsewhere", by: inWords(elsewhere) };
  return { state: "dead", by: known.map(inWords).join(", ") };
}

const inWords = ({ username, hostname: machine, pid, timestamp }: Lock): string =>
  `${username}@${machine} (pid ${pid})${timestamp === undefined ? "" : ` since ${timestamp}`}`;

function readLock(file: string): Lock | undefined {
  try {
    const lock = JSON.parse(readFileSync(file, "utf8")) as Partial<Lock> | null;
    return typeof lock?.pid === "number" ? (lock as Lock) : undefined;
  } catch {
    return undefined;
  }
}
