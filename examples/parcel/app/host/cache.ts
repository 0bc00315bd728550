import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "./shared.ts";
import type { Configuration } from "./configuration.ts";

type Place = Pick<Configuration, "shared">;

interface Entry {
  readonly value: string;
  readonly until: number | null;
}

/** What was kept under a key, unless its time is over. */
export function readCache(place: Place, key: string): string | undefined {
  const file = fileOf(place, key);
  if (!existsSync(file)) return undefined;
  const { value, until } = JSON.parse(readFileSync(file, "utf8")) as Entry;
  return until === null || until > Date.now() ? value : undefined;
}

export function writeCache(place: Place, key: string, value: string, seconds?: number): void {
  const file = fileOf(place, key);
  const entry: Entry = { value, until: seconds === undefined ? null : Date.now() + seconds * 1000 };
  // Whole or not at all: several workers read and write.
  const half = `${file}.${process.pid}`;
  writeFileSync(half, JSON.stringify(entry));
  renameSync(half, file);
}

export function clearCache(place: Place, key: string): void {
  rmSync(fileOf(place, key), { force: true });
}

/** The value of a key, made anew when it is older than that. */
export function cached<T>(place: Place, key: string, seconds: number, make: () => T): T {
  const kept = readCache(place, key);
  if (kept !== undefined) return JSON.parse(kept) as T;
  const value = make();
  writeCache(place, key, JSON.stringify(value), seconds);
  return value;
}

function fileOf(place: Place, key: string): string {
  return join(sharedFolder(place, "cache"), createHash("sha256").update(key).digest("hex"));
}
