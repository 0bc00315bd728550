/** Ends an update as a power cut does: the engine, its plugins and the steps' processes, all at once, by SIGKILL. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Waits until something is seen. Errors: it is not within 60 s. */
export async function until(seen: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!seen()) {
    await pause(2);
    if (Date.now() > end) throw new Error(`waited 60 s for: ${what}`);
  }
}

/** Kills a process and what it has started; the application, which is to go on, is not touched. */
export function killTree(pid: number): void {
  for (const victim of [pid, ...descendants(pid)]) {
    if (commandLine(victim).includes("parcel.ts") || commandLine(victim).includes("supervisor")) continue;
    try {
      process.kill(victim, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0;
    return parent === root || (parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

function parentOf(pid: number): number {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")[1],
    );
  } catch {
    return 0;
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
