import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { now } from "./checkpoint.ts";
import { UserError } from "./user-error.ts";
import type { Backend, StackName } from "./backend.ts";

/** The file backend's lock: any file in the stack's lock folder. Taken by everything that writes the state. */
export class Lock {
  private readonly file: string;

  constructor(backend: Backend, name: StackName) {
    const directory = lockDirectory(backend, name);
    refuseIfLocked(backend, directory);
    this.file = join(directory, `${randomUUID()}.json`);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const owner = { pid: process.pid, username: userName(), hostname: hostname(), timestamp: now() };
    // A second interrupt ends the process on the spot.
    process.once("exit", () => {
      this.release();
    });
    writeFileSync(this.file, JSON.stringify(owner), { mode: 0o600 });
    try {
      // Two that start together both find the other's file and both give up.
      refuseIfLocked(backend, directory, this.file);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    rmSync(this.file, { force: true });
    removeEmpty(join(this.file, ".."));
  }
}

/** `pulumi cancel`: removes the locks whoever holds them, and stops nobody. */
export function removeLocks(backend: Backend, name: StackName): void {
  const directory = lockDirectory(backend, name);
  for (const file of lockFiles(directory)) rmSync(file, { force: true });
  removeEmpty(directory);
}

function lockDirectory(backend: Backend, { project, stack }: StackName): string {
  return backend.path("locks", "organization", project, stack);
}

function lockFiles(directory: string): string[] {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.filter((name) => name.endsWith(".json")).map((name) => join(directory, name));
}

function refuseIfLocked(backend: Backend, directory: string, own?: string): void {
  const others = lockFiles(directory).filter((file) => file !== own);
  if (others.length === 0) return;
  throw new UserError(
    `the stack is currently locked by ${others.length} lock(s). Either wait for the other process(es) to end or ` +
      `delete the lock file with \`pulumi cancel\`.${others.map((file) => `\n  ${describe(backend, file)}`).join("")}`,
  );
}

/** A container's user often has a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

function describe(backend: Backend, file: string): string {
  const url = `file://${backend.directory}${file.slice(backend.directory.length)}?no_tmp_dir=true`;
  try {
    const owner = JSON.parse(readFileSync(file, "utf8")) as Record<string, string | number>;
    return `${url}: created by ${owner.username}@${owner.hostname} (pid ${owner.pid}) at ${owner.timestamp}`;
  } catch {
    return url;
  }
}

function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Another lock lies there, or it is gone already.
  }
}
