import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Configuration } from "./configuration.ts";

/** A folder for what outlives a release. */
export function sharedFolder({ shared }: Pick<Configuration, "shared">, name: string): string {
  const folder = join(shared, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
