/** Plain servers as a platform: what the configuration makes of each of its actions. */
import { expect, test } from "vitest";
import { servers } from "../../components/servers.ts";
import { config } from "../support/pipeline.ts";

const hosts = [
  { name: "web-1", directory: "hosts/web-1", address: "http://127.0.0.1:4180" },
  { name: "web-2", directory: "hosts/web-2", address: "http://127.0.0.1:4182" },
];
const platform = servers({
  ...{
    config,
    reload: ["node", "reload"],
    install: ["npm", "ci"],
    health: "/health",
    version: "/version",
    log: "log/app.log",
  },
  ...{ paths: { DATABASE: "shop.sqlite" }, secrets: ["SESSION"] },
});

test("a host without an address of its own answers at the environment's", () => {
  const change = {
    ...{ hosts, reload: ["node", "reload"], address: "http://127.0.0.1:4180", log: "log/app.log" },
    evidence: { health: "/health", version: "/version", attempts: 20, steady: 4, intervalSeconds: 0.25 },
  };
  expect([platform.activate.args, platform.goBack.args]).toEqual([change, change]);
  expect([platform.activate.action, platform.goBack.action]).toEqual([
    ...["actions/platforms/servers/activate", "actions/platforms/servers/go-back"],
  ]);
});

test("preparing knows each host's variables, paths, and secrets by name only", () => {
  expect(platform.prepare.args).toEqual({
    hosts: [
      { ...hosts[0], variables: { NAME: "one" } },
      { ...hosts[1], variables: {} },
    ],
    ...{ variables: { GREETING: "hello" }, paths: { DATABASE: "shop.sqlite" }, install: ["npm", "ci"] },
    secrets: { SMTP: "SMTP", SESSION: "SESSION" },
  });
  expect([platform.hosts, platform.secrets]).toEqual([
    ["web-1", "web-2"],
    ["SMTP", "SESSION"],
  ]);
});

test("the maintenance page is what the configuration says", () => {
  expect(platform.beginMaintenance.args).toEqual({
    ...{ hosts, minutes: 30, message: "We are back in a few minutes.", bypass: "MAINTENANCE_BYPASS" },
  });
  expect(platform.endMaintenance.args).toEqual({ hosts });
});
