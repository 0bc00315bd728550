import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** A process somewhere that may still be at work. */
export interface Owner {
  readonly machine: string;
  readonly user: string;
  readonly pid: number;
  /** When the process began, in the kernel's own count: tells it from a later one with the same number. */
  readonly began: string;
}

export function thisProcess(): Owner {
  return { machine: hostname(), user: userInfo().username, pid: process.pid, began: began(process.pid) };
}

/** Whether the owner still runs; undefined when that cannot be seen from this machine. */
export function isAlive(owner: Owner): boolean | undefined {
  if (owner.machine !== hostname()) return undefined;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return began(owner.pid) === owner.began;
}

/** Field 22 of proc(5)'s stat; empty where there is no /proc, and for a process that is only waiting to be reaped. */
function began(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? "ended" : (fields[19] ?? "");
  } catch {
    return "";
  }
}

export const nameOf = (owner: Owner): string => `${owner.user}@${owner.machine} (pid ${owner.pid})`;
