/** The file that is a host's maintenance page. */
import { existsSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { clearMaintenance, maintenanceFile } from "../../../../actions/platforms/servers/maintenance.ts";
import { makeContext } from "../../../support/context.ts";
import { hostFolder } from "../../../support/hosts.ts";

test("the page is taken down where it is up, and where it is not nothing happens", () => {
  const hosts = ["web-1", "web-2"].map((name) => ({
    name,
    directory: hostFolder(),
    address: "http://127.0.0.1:1",
  }));
  const [up, down] = hosts.map(maintenanceFile) as [string, string];
  expect(up).toBe(`${hosts[0]?.directory ?? ""}/maintenance.json`);
  writeFileSync(up, "{}");
  clearMaintenance(hosts, makeContext().context);
  expect([existsSync(up), existsSync(down)]).toEqual([false, false]);
});
