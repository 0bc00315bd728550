import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "./host.ts";

const lastLines = 10;
const lastBytes = 64 * 1024;
const longestLine = 400;

/** Where the application's log ends now: what comes later belongs to what is done next. */
export function logPosition(host: Host, log: string): number {
  return statSync(join(host.directory, log), { throwIfNoEntry: false })?.size ?? 0;
}

/** What a release has logged since a position, its last lines, short enough for people; repetitions are counted. */
export function linesSince(host: Host, log: string, position: number, release: string): string[] {
  const path = join(host.directory, log);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  // Shorter than it was: another file was begun meanwhile.
  const from = Math.max(size < position ? 0 : position, size - lastBytes);
  if (size <= from) return [];
  const bytes = Buffer.alloc(size - from);
  const file = openSync(path, "r");
  readSync(file, bytes, 0, bytes.length, from);
  closeSync(file);
  const counts = new Map<string, number>();
  for (const line of bytes.toString("utf8").split("\n")) {
    if (line.includes(release)) counts.set(inWords(line), (counts.get(inWords(line)) ?? 0) + 1);
  }
  return [...counts]
    .slice(-lastLines)
    .map(([line, count]) => `  ${host.name} log: ${line}${count > 1 ? ` (${count} times)` : ""}`);
}

/** A line as people read it: of a structured one its level, message and where it came from. */
function inWords(line: string): string {
  try {
    const { level, message, stack } = JSON.parse(line) as { level?: unknown; message?: unknown; stack?: unknown };
    if (typeof message !== "string") return line.slice(0, longestLine);
    const [, where = ""] = typeof stack === "string" ? stack.split("\n") : [];
    return `${typeof level === "string" ? `${level}: ` : ""}${message} ${where.trim()}`.trim().slice(0, longestLine);
  } catch {
    return line.slice(0, longestLine);
  }
}
