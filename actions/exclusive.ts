import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { atPath, replace, writeNew } from "./files.ts";

/** What the holder of a lock may do. Who has lost it meanwhile gets no further than here: `exclusively` begins again. */
export interface Held {
  /** Asks whether the lock is held still; to be called right before anything is written. */
  readonly want: () => void;
  /** Replaces a file beside the lock as a whole. Nothing is replaced by who has lost the lock, wherever it slept. */
  readonly write: (path: string, text: string) => void;
}

/**
 * Nobody holds a lock for longer than a few file operations take: one that was watched for so long and is the same was
 * left by a dead process, or its holder sleeps. Measured by a clock that nobody sets, never by a file's time: what clocks
 * say of each other says nothing about who is at work.
 */
const staleMilliseconds = 5000;

/** Somebody else has the lock by now. */
class Lost extends Error {}

/**
 * Runs `act` while no other process runs one under the same lock file. For moments, not for work. Who slept within, so
 * that its lock was taken for a dead one's, has written nothing, and runs `act` once more when the lock is free.
 */
export function exclusively<T>(lock: string, act: (held: Held) => T): T {
  for (;;) {
    const token = randomBytes(8).toString("hex");
    acquire(lock, token);
    try {
      return act(heldBy(lock, token));
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    } finally {
      release(lock, token);
    }
  }
}

function heldBy(lock: string, token: string): Held {
  const want = (): void => {
    if (tokenIn(lock) !== token) throw new Lost();
  };
  return {
    want,
    write: (path, text) => {
      try {
        replace(path, halfOf(lock, token), text, 0o644, want);
      } catch (error) {
        // Who sleeps between the last look and the rename: its new text was taken away with its lock.
        want();
        throw error;
      }
    },
  };
}

/** What somebody is about to put in place. It bears the lock's token, so that whoever takes the lock can take it away. */
const halfOf = (lock: string, token: string): string => `${lock}.${token}.tmp`;

function acquire(lock: string, token: string): void {
  const guard = `${lock}.stale`;
  const [isStale, isGuardStale] = [watching(lock), watching(guard)];
  while (!create(lock, token)) {
    if (isStale()) {
      if (create(guard, token)) {
        if (takeOver(lock, guard, token, isStale)) return;
      } else if (isGuardStale()) remove(guard, lock);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

/** By one process at a time, which looks again: what was stale may be somebody's new lock by now. */
function takeOver(lock: string, guard: string, token: string, isStale: () => boolean): boolean {
  try {
    const former = tokenIn(lock);
    if (!isStale()) return false;
    // In one piece: from here on the former holder finds that the lock is not its own, and nobody finds it free.
    writeNew(halfOf(lock, token), token);
    renameSync(halfOf(lock, token), lock);
    if (former !== "") rmSync(halfOf(lock, former), { force: true });
    return true;
  } finally {
    release(guard, token);
  }
}

/** Takes away a guard that somebody left who died while it took a lock over, with what it was about to put in place. */
function remove(guard: string, lock: string): void {
  const former = tokenIn(guard);
  if (former !== "") rmSync(halfOf(lock, former), { force: true });
  rmSync(guard, { force: true });
}

/** Whether a file was there, and the same one, for as long as a stale one is. It is watched from the first time on. */
function watching(path: string): () => boolean {
  let seen = "";
  let since = 0;
  return () => {
    const found = identityOf(path);
    if (found !== seen) [seen, since] = [found, performance.now()];
    return found !== "" && performance.now() - since > staleMilliseconds;
  };
}

/** Empty where there is no file. One without a token, left between making it and writing it, has a time at least. */
function identityOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false, bigint: true });
  return file ? `${file.ino} ${file.mtimeNs} ${tokenIn(path)}` : "";
}

/** False where there is one already. Errors: no room, named by the file that the lock is for. */
function create(path: string, token: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
  try {
    writeSync(file, token);
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw atPath(error, path.replace(/\.lock(\.stale)?$/, ""));
  } finally {
    closeSync(file);
  }
}

function release(path: string, token: string): void {
  if (tokenIn(path) === token) rmSync(path, { force: true });
}

/** Whose a lock is; empty where there is none, or nobody has written who. */
function tokenIn(path: string): string {
  try {
    return /^[0-9a-f]{16}$/.exec(readFileSync(path, "utf8"))?.[0] ?? "";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return "";
  }
}
