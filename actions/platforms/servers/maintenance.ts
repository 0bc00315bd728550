import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "./host.ts";

/** While a host has this file, its application answers with the maintenance page. */
export const maintenanceFile = (host: Host): string => join(host.directory, "maintenance.json");

/** Takes the maintenance page down, where there is one. */
export function clearMaintenance(hosts: readonly Host[]): void {
  for (const host of hosts) rmSync(maintenanceFile(host), { force: true });
}
