import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { logFile } from "../host/log.ts";

const mostLines = 15;
const mostBytes = 64 * 1024;

interface Entry {
  readonly pid: number;
  readonly message: string;
  readonly stack?: string;
  /** Set when the supervisor wrote down what this process had printed. */
  readonly from?: number;
}

/** What these processes said last in the log of the application, for people to read. */
export function lastLines(host: string, pids: ReadonlySet<number>): string[] {
  const entries = tail(logFile(host)).split("\n").flatMap(entryOf);
  const theirs = entries.filter(({ pid, from = pid }) => pids.has(from));
  return theirs.flatMap(({ message, stack }) => [message, ...(stack?.split("\n") ?? [])]).slice(-mostLines);
}

/** The first line of the tail may be half a line. */
function entryOf(line: string): Entry[] {
  try {
    return [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}

function tail(file: string): string {
  if (!existsSync(file)) return "";
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, mostBytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString();
  } finally {
    closeSync(descriptor);
  }
}
