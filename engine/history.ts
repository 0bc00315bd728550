import { existsSync, readFileSync, readdirSync } from "node:fs";
import { writeAtomically } from "./backend.ts";
import type { Backend, StackName } from "./backend.ts";
import type { PropertyMap } from "./property-value.ts";

/** One finished update, as the backend keeps it. Times are Unix seconds. */
export interface UpdateInfo {
  kind: "update" | "refresh" | "destroy";
  startTime: number;
  message: string;
  environment: Record<string, string>;
  config: PropertyMap;
  /** Always 0 in this backend. */
  version: 0;
  result: "succeeded" | "failed";
  endTime: number;
  resourceChanges: Record<string, number>;
}

/** Newest first. */
export function readHistory(backend: Backend, name: StackName): UpdateInfo[] {
  const directory = backend.path("history", name.project, name.stack);
  const files = existsSync(directory) ? readdirSync(directory) : [];
  return files
    .filter((file) => file.endsWith(".history.json"))
    .sort()
    .reverse()
    .map(
      (file) => JSON.parse(readFileSync(backend.path("history", name.project, name.stack, file), "utf8")) as UpdateInfo,
    );
}

/** The entry, the checkpoint after it, and a backup of the same checkpoint. */
export async function addToHistory(
  backend: Backend,
  name: StackName,
  update: UpdateInfo,
  checkpoint: string,
): Promise<void> {
  // Nanoseconds, as the CLI counts them; the clock has microseconds.
  const stamp = `${Math.round((performance.timeOrigin + performance.now()) * 1000)}000`;
  const entry = backend.path("history", name.project, name.stack, `${name.stack}-${stamp}`);
  const backup = backend.path("backups", name.project, name.stack, `${name.stack}.${stamp}.json`);
  await Promise.all([
    writeAtomically(`${entry}.history.json`, JSON.stringify(update)),
    writeAtomically(`${entry}.checkpoint.json`, checkpoint),
    writeAtomically(backup, checkpoint),
  ]);
}

/** When the stack was last written, in whole seconds as the CLI prints it. */
export function lastUpdate(backend: Backend, name: StackName, fallback: string | undefined): string | undefined {
  const [last] = readHistory(backend, name);
  return last ? new Date(last.endTime * 1000).toISOString() : fallback;
}
