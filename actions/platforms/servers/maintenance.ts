import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../action.ts";
import { enterHost, type Host } from "./host.ts";

/** While a host has this file, its application answers with the maintenance page. */
export const maintenanceFile = (host: Host): string => join(host.directory, "maintenance.json");

/** Takes the maintenance page down, where there is one. Errors: `Fenced`: the page is somebody else's. */
export function clearMaintenance(hosts: readonly Host[], context: Context): void {
  for (const host of hosts) {
    if (!existsSync(maintenanceFile(host))) continue;
    enterHost(host, context);
    rmSync(maintenanceFile(host), { force: true });
  }
}
