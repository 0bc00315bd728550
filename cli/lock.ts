import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
}

/** Who holds a stack's lock. */
export interface LockHolder {
  /**
   * `dead`: only engines that were killed on this machine. Such a lock never ends by itself, and what the steps
   * themselves left behind is taken care of by their own records.
   */
  readonly state: "nobody" | "dead" | "somebody";
  /** In words. */
  readonly by: string;
}

/** Reads it from a backend of this machine. */
export function lockHolder(backend: string, project: string, stack: string): LockHolder {
  const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
  const locks = files.map((file) => readLock(join(folder, file)));
  const living = locks.find((lock) => lock === undefined || !isDead(lock));
  if (locks.length === 0) return { state: "nobody", by: "" };
  if (locks.every((lock) => lock !== undefined && isDead(lock))) return { state: "dead", by: "" };
  return {
    state: "somebody",
    by: living ? `${living.username}@${living.hostname} (pid ${living.pid})` : "nobody knows who",
  };
}

function readLock(file: string): Lock | undefined {
  try {
    const lock = JSON.parse(readFileSync(file, "utf8")) as Partial<Lock> | null;
    return typeof lock?.pid === "number" ? (lock as Lock) : undefined;
  } catch {
    return undefined;
  }
}

function isDead(lock: Lock): boolean {
  if (lock.hostname !== hostname()) return false;
  try {
    process.kill(lock.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
