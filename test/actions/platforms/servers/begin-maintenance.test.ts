/** The maintenance page goes up on all hosts, and ends by itself. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { beginMaintenance } from "../../../../actions/platforms/servers/begin-maintenance.ts";
import { call } from "../../../../components/call.ts";
import { act, temporaryFolder } from "../../../support/context.ts";
import { hostFolder } from "../../../support/hosts.ts";

const page = { minutes: 5, message: "Back soon", bypass: "BYPASS" };

test("every host has the page with its end and the digest of what lets one through, never that itself", async () => {
  const hosts = ["web-1", "web-2"].map((name) => ({
    name,
    directory: hostFolder(),
    address: "http://127.0.0.1:1",
  }));
  const { result, told } = await act(beginMaintenance, { hosts, ...page }, { secrets: { BYPASS: "let me in" } });
  const { until } = result as { until: string };
  expect(Math.abs(Date.parse(until) - Date.now() - 300_000)).toBeLessThan(10_000);
  expect(told).toEqual([`maintenance is on until ${until}`]);
  const bypassDigest = createHash("sha256").update("let me in").digest("hex");
  for (const { directory } of hosts) {
    expect(readdirSync(directory)).toEqual(["fence", "maintenance.json", "releases"]);
    const written: unknown = JSON.parse(readFileSync(join(directory, "maintenance.json"), "utf8"));
    expect(written).toEqual({ until, message: "Back soon", bypassDigest });
  }
});

test("without the secret no host gets a page", async () => {
  const directory = temporaryFolder();
  const hosts = [{ name: "web-1", directory, address: "http://127.0.0.1:1" }];
  const begun = async () => act(beginMaintenance, { hosts, ...page });
  await expect(begun()).rejects.toThrow("step: was not given the secret BYPASS");
  expect(readdirSync(directory)).toEqual([]);
});

test("a page for no host, or for no time, is refused", () => {
  expect(() => call(beginMaintenance, { hosts: [], ...page, minutes: 0 })).toThrow(
    new TypeError(
      [
        "actions/platforms/servers/begin-maintenance: its arguments are wrong",
        "✖ Too small: expected array to have >=1 items",
        "  → at hosts",
        "✖ Too small: expected number to be >0",
        "  → at minutes",
      ].join("\n"),
    ),
  );
});
