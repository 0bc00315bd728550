import { ask } from "./exchange.ts";
import { isLocked } from "./lock.ts";
import { lastAnnounced, lockFile } from "./place.ts";
import type { Status } from "./exchange.ts";

const answerSeconds = 5;

export async function currentStatus(host: string): Promise<Status> {
  const presence = isLocked(lockFile(host)) ? lastAnnounced(host) : undefined;
  const outcome = presence && (await ask(presence.socket, "status", answerSeconds));
  return outcome?.status ?? { supervisor: null, release: null, commit: null, workers: [] };
}
