import { closeSync, openSync, rmSync, statSync } from "node:fs";

/** Nobody holds the lock for longer than a few file operations take. Clocks that jump or disagree make it older or newer. */
const staleMilliseconds = 5000;

/** Runs `act` while no other process runs one under the same lock file. For moments, not for work. */
export function exclusively<T>(lock: string, act: () => T): T {
  for (;;) {
    try {
      closeSync(openSync(lock, "wx"));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      removeIfStale(lock);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  try {
    return act();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Removed by one process at a time, which looks again: what was stale may be somebody's new lock by now. */
function removeIfStale(lock: string): void {
  if (!isStale(lock)) return;
  const guard = `${lock}.stale`;
  try {
    closeSync(openSync(guard, "wx"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (isStale(guard)) rmSync(guard, { force: true });
    return;
  }
  try {
    if (isStale(lock)) rmSync(lock, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function isStale(lock: string): boolean {
  const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  return Math.abs(Date.now() - mtimeMs) > staleMilliseconds;
}
