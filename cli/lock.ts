import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { parseJson } from "../actions/json-file.ts";
import { hasEnded, isAlive, type Owner as Process } from "../runtime/owner.ts";

interface Owner {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp?: string;
}

/** A lock as it was when it was judged: whoever comes later has a file of their own. */
export interface LockFile {
  readonly path: string;
  readonly text: string;
}

/** Who holds a stack's lock. */
export interface LockHolder {
  /**
   * `dead`: only engines that were killed on this machine. Such a lock never ends by itself, and what the steps
   * themselves left behind is taken care of by their own records. `elsewhere`: on another machine, dead or alive.
   * `unnamed`: there is a lock that does not say whose it is. `unknown`: the state is kept by a backend that only the
   * engine can ask.
   */
  readonly state: "nobody" | "dead" | "somebody" | "elsewhere" | "unnamed" | "unknown";
  /** In words; empty for nobody, and where it is unknown. */
  readonly by: string;
  /** The locks whose owners are dead. Nothing else may be taken away. */
  readonly dead: readonly LockFile[];
}

/** What the lease knows of an engine: more than a lock does, where machines or containers share a host name. */
export interface LeasedEngine {
  readonly owner: Process;
  /** Its steps fell silent in the middle of a rollout: where it cannot be seen it counts as dead. */
  readonly isSilent: boolean;
}

/** Reads it from a backend of this machine; undefined is any other. */
export function lockHolder(
  backend: string | undefined,
  project: string,
  stack: string,
  leased?: LeasedEngine,
): LockHolder {
  if (backend === undefined) return { state: "unknown", by: "", dead: [] };
  const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
  const locks = names.flatMap((name) => readLock(join(folder, name)) ?? []);
  const isGone = ({ hostname: machine, pid }: Owner): boolean => {
    const isLeased = machine === leased?.owner.machine && pid === leased.owner.pid;
    if (isLeased) return !(isAlive(leased.owner) ?? !leased.isSilent);
    return machine === hostname() && hasEnded(pid);
  };
  const gones = locks.filter(({ owner }) => owner && isGone(owner));
  const left = locks.filter((lock) => !gones.includes(lock));
  const dead = gones.map(({ path, text }) => ({ path, text }));
  const here = left.find(({ owner }) => owner?.hostname === hostname());
  if (here) return { state: "somebody", by: inWords(here), dead };
  const elsewhere = left.find(({ owner }) => owner !== undefined);
  if (elsewhere) return { state: "elsewhere", by: inWords(elsewhere), dead };
  const [unnamed] = left;
  if (unnamed) return { state: "unnamed", by: inWords(unnamed), dead };
  return { state: dead.length > 0 ? "dead" : "nobody", by: gones.map(inWords).join(", "), dead };
}

/** Takes these locks away, and no other: by now somebody may hold a new one. */
export function removeLocks(files: readonly LockFile[]): void {
  for (const { path, text } of files) {
    if (textOf(path) !== text) continue;
    rmSync(path, { force: true });
    // What older engines have written beside it.
    rmSync(`${path}.attrs`, { force: true });
  }
}

interface Lock extends LockFile {
  /** Undefined where it does not say whose it is. */
  readonly owner: Owner | undefined;
}

const inWords = ({ path, owner }: Lock): string => {
  if (owner === undefined) return `nobody knows who, by ${path}`;
  const { username, hostname: machine, pid, timestamp } = owner;
  return `${username}@${machine} (pid ${pid})${timestamp === undefined ? "" : ` since ${timestamp}`}`;
};

/** Undefined when it is gone by now. */
function readLock(path: string): Lock | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  const owner = parseJson(text) as Partial<Owner> | null | undefined;
  return { path, text, owner: typeof owner?.pid === "number" ? (owner as Owner) : undefined };
}

/** Empty when it cannot be read: another user's is for their eyes only. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : "";
  }
}
