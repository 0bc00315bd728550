import type { Configuration } from "./configuration.ts";

type Place = Pick<Configuration, "shared">;

interface Entry {
  readonly value: string;
  readonly until: number | null;
}

/** Memory is quicker than files. */
const entries = new Map<string, Entry>();

/** What was kept under a key, unless its time is over. */
export function readCache(place: Place, key: string): string | undefined {
  const entry = entries.get(nameOf(place, key));
  return entry && (entry.until === null || entry.until > Date.now()) ? entry.value : undefined;
}

export function writeCache(place: Place, key: string, value: string, seconds?: number): void {
  entries.set(nameOf(place, key), { value, until: seconds === undefined ? null : Date.now() + seconds * 1000 });
}

export function clearCache(place: Place, key: string): void {
  entries.delete(nameOf(place, key));
}

/** The value of a key, made anew when it is older than that. */
export function cached<T>(place: Place, key: string, seconds: number, make: () => T): T {
  const kept = readCache(place, key);
  if (kept !== undefined) return JSON.parse(kept) as T;
  const value = make();
  writeCache(place, key, JSON.stringify(value), seconds);
  return value;
}

function nameOf({ shared }: Place, key: string): string {
  return `${shared} ${key}`;
}
