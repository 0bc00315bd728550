import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { now } from "./checkpoint.ts";
import { UserError } from "./user-error.ts";
import { currentState, type Session } from "./workspace.ts";
import type { Backend, StackName } from "./backend.ts";

/** Runs `work` with the stack's lock held, without which nothing writes its state. */
export async function locked<T>(session: Session, work: () => T | Promise<T>): Promise<T> {
  const release = await lock(session.backend, session.name);
  try {
    // Whoever had the lock until now may have changed the state since the session was opened.
    session.state = currentState(session);
    return await work();
  } finally {
    release();
  }
}

/** Takes the lock and answers how to release it. */
export async function lock(backend: Backend, name: StackName): Promise<() => void> {
  const { directory, files } = locksOf(backend, name);
  if (files.length > 0) {
    throw new UserError(
      `the stack is currently locked by ${files.length} lock(s). Either wait for the other process(es) to end or ` +
        `delete the lock file with \`pulumi cancel\`.${files.map((file) => `\n  ${describe(backend, file)}`).join("")}`,
    );
  }
  const release = writeLock(directory);
  if (locksOf(backend, name).files.length === 1) return release;
  // Those that start at the same moment find each other's files: all step back, and come again one by one.
  release();
  await setTimeout(Math.random() * 200);
  return lock(backend, name);
}

function writeLock(directory: string): () => void {
  const file = join(directory, `${randomUUID()}.json`);
  const release = (): void => {
    process.off("exit", release);
    rmSync(file, { force: true });
  };
  // A second interrupt ends the process on the spot.
  process.once("exit", release);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const owner = { pid: process.pid, username: userName(), hostname: hostname(), timestamp: now() };
    writeFileSync(file, JSON.stringify(owner), { mode: 0o600 });
  } catch (error) {
    release();
    throw new UserError(`could not write ${file}: ${(error as Error).message}`);
  }
  return release;
}

/** `pulumi cancel`: removes the locks whoever holds them, and stops nobody. */
export function removeLocks(backend: Backend, name: StackName): void {
  for (const file of locksOf(backend, name).files) rmSync(file, { force: true });
}

/** Any file in the stack's lock folder is a lock. */
function locksOf(backend: Backend, { project, stack }: StackName): { directory: string; files: string[] } {
  const directory = backend.path("locks", "organization", project, stack);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return { directory, files: names.map((file) => join(directory, file)) };
}

/** A container's user often has a number and no name. */
export function userName(): string {
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
