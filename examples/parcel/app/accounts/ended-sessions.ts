import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "../host/shared.ts";
import type { Configuration } from "../host/configuration.ts";

/** Sessions that were ended before their time: one empty file each, and not in the database, where restoring a backup would
 * bring them back to life. */
const folder = "ended-sessions";

export function hasEnded({ shared }: Configuration, id: string): boolean {
  return existsSync(join(shared, folder, id));
}

/** Forgets those that are over by themselves by now. */
export function rememberEnd(configuration: Configuration, id: string, lifeSeconds: number): void {
  const directory = sharedFolder(configuration, folder);
  const over = Date.now() - lifeSeconds * 1000;
  for (const file of readdirSync(directory).map((name) => join(directory, name))) {
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? over) < over) rmSync(file, { force: true });
  }
  writeFileSync(join(directory, id), "");
}
