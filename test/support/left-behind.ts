/** What a run that was cut off has left behind: files, and processes. Reads /proc. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** All files below a folder; none where there is no such folder. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Command lines of processes that belong to one of the folders, but for those that may outlive everything. */
export function processesOf(folders: readonly string[], spared: RegExp): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(describe).filter((line) => folders.some((folder) => line.includes(folder)) && !spared.test(line));
}

function describe(pid: string): string {
  try {
    const folder = /PWD=[^\0]*/.exec(readFileSync(`/proc/${pid}/environ`, "utf8"))?.[0] ?? "";
    return `${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")} in ${folder}`;
  } catch {
    return "";
  }
}
