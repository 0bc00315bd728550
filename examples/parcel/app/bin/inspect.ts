/** Commands that look at the application from the host, or ask it for a sign of life. */
import { dirname } from "node:path";
import { openDatabase } from "../database/connection.ts";
import { clearCache, readCache, writeCache } from "../host/cache.ts";
import { loadConfiguration } from "../host/configuration.ts";
import { enqueueProbe, probeResult } from "../labels/queue.ts";
import { routes } from "../web/routes.ts";
import type { ProbeResult } from "../labels/queue.ts";

const configuration = loadConfiguration(dirname(import.meta.dirname));

export function listRoutes(): { method: string; path: string; who: string }[] {
  return routes.map(({ method, path, who }) => ({ method, path, who: typeof who === "string" ? who : who.join(", ") }));
}

/** Asks the label worker for a job that does nothing. */
export function probeQueue(id: string): { id: string } {
  const database = openDatabase(configuration.database);
  enqueueProbe(database.use(), id, new Date().toISOString());
  database.close();
  return { id };
}

export function probeQueueResult(id: string): ProbeResult {
  const database = openDatabase(configuration.database);
  const result = probeResult(database.use(), id);
  database.close();
  return result;
}

export function write(key: string, value: string): number {
  writeCache(configuration, key, value);
  return 0;
}

/** Prints nothing when nothing is kept. */
export function read(key: string): number {
  const value = readCache(configuration, key);
  if (value !== undefined) process.stdout.write(`${value}\n`);
  return 0;
}

export function clear(key: string): number {
  clearCache(configuration, key);
  return 0;
}
