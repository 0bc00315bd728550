/** Ends an update as a power cut does: the engine, its plugins and the steps' processes, all at once, by SIGKILL. */
import { setTimeout as pause } from "node:timers/promises";
import { killTree } from "../../testing/processes.ts";

/** Waits until something is seen. Errors: it is not within 60 s. */
export async function until(seen: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!seen()) {
    await pause(2);
    if (Date.now() > end) throw new Error(`waited 60 s for: ${what}`);
  }
}

/** Kills a process and what it has started; the application, which is to go on, is not touched. */
export const killUpdate = (pid: number): void => {
  killTree(pid, /parcel\.ts|supervisor/);
};
