import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

export type Log = (level: "info" | "warn" | "error", message: string, facts?: Record<string, unknown>) => void;

export function logFile(host: string): string {
  return join(host, "log", "parcel.log");
}

/** One JSON object a line. The file is opened for each line, so it may be moved away at any time. */
export function openLog(host: string, release: string): Log {
  const file = logFile(host);
  mkdirSync(dirname(file), { recursive: true });
  return (level, message, facts = {}) => {
    const line = { time: new Date().toISOString(), level, release, pid: process.pid, message, ...facts };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function stackOf(error: unknown): { stack: string } {
  return { stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** What nobody caught ends the process, but not without a trace in the log. */
export function logCrashes(log: Log): void {
  process.on("uncaughtException", (error) => {
    log("error", `crashed: ${messageOf(error)}`, stackOf(error));
    process.exit(1);
  });
}
