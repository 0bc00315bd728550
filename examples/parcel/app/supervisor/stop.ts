import { setTimeout as wait } from "node:timers/promises";
import { ask } from "./exchange.ts";
import { isLocked } from "./lock.ts";
import { lastAnnounced, lockFile } from "./place.ts";

const graceSeconds = 10;
const signOfLifeSeconds = 2;
const pollMilliseconds = 25;

/** Ends the supervisor of the host and its workers: gracefully, or after 10 s without grace. Nothing runs: nothing to do. */
export async function stop(host: string): Promise<void> {
  const lock = lockFile(host);
  const deadline = Date.now() + graceSeconds * 1000;
  while (isLocked(lock) && Date.now() < deadline) {
    const presence = lastAnnounced(host);
    // A supervisor that has only just started may not have announced itself yet.
    if (presence && (await askToStop(presence.socket, deadline)) === "hangs") break;
    await wait(pollMilliseconds);
  }
  const presence = lastAnnounced(host);
  if (!presence || !isLocked(lock)) return;
  // The lock says that it lives, so the number is still its own. Its workers end when they lose it.
  process.kill(presence.pid, "SIGKILL");
  while (isLocked(lock)) await wait(pollMilliseconds);
}

/** A supervisor answers what its status is at once, so there is no use in waiting for one that does not. */
async function askToStop(socket: string, deadline: number): Promise<"told" | "hangs"> {
  try {
    await ask(socket, "status", signOfLifeSeconds);
    await ask(socket, "stop", Math.max(signOfLifeSeconds, (deadline - Date.now()) / 1000));
    return "told";
  } catch {
    return "hangs";
  }
}
