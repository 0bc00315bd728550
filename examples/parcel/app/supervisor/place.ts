import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the running supervisor tells about itself. */
export interface Presence {
  readonly pid: number;
  readonly socket: string;
}

export function runFile(host: string, name: string): string {
  mkdirSync(join(host, "run"), { recursive: true });
  return join(host, "run", name);
}

export function lockFile(host: string): string {
  return runFile(host, "supervisor.lock");
}

/** The folder of the release that `current` points to now. */
export function currentRelease(host: string): string {
  const link = join(host, "current");
  if (!existsSync(link)) throw new Error(`${link} points to no release`);
  return realpathSync(link);
}

/** The socket's address; one in the temp folder where the host's own path is longer than the system allows. */
export function chooseSocket(host: string): string {
  const socket = runFile(host, "supervisor.sock");
  if (Buffer.byteLength(socket) <= 100) return socket;
  return join(mkdtempSync(join(tmpdir(), "parcel-")), "supervisor.sock");
}

export function announce(host: string, presence: Presence): void {
  const file = runFile(host, "supervisor.json");
  writeFileSync(`${file}.new`, JSON.stringify(presence));
  renameSync(`${file}.new`, file);
}

/** Whoever announced itself last; it may be gone. */
export function lastAnnounced(host: string): Presence | undefined {
  const file = runFile(host, "supervisor.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Presence) : undefined;
}
