/** Activation: all hosts switched and verified, or all of them back; what is true is recorded. */
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { activateOnServers } from "../../../../actions/platforms/servers/activate.ts";
import { readSettled } from "../../../../actions/platforms/servers/settled.ts";
import { call } from "../../../../components/call.ts";
import { act, temporaryFolder } from "../../../support/context.ts";
import { type Behaviour, makeHost, reloadInWords, stateOf, switchOf, type TestHost } from "../../../support/hosts.ts";

/** Three hosts with these releases in place, each behaving on the three hosts as given. */
async function makeHosts(releases: Readonly<Record<string, readonly Behaviour[]>>): Promise<TestHost[]> {
  const hosts = await Promise.all(["web-1", "web-2", "web-3"].map(makeHost));
  for (const [release, behaviours] of Object.entries(releases))
    for (const [index, host] of hosts.entries()) host.place(release, behaviours[index]);
  return hosts;
}

async function activate(hosts: readonly TestHost[], release: string, store: string) {
  const needs = { PREPARED: { folder: `${release}-f`, release, commit: "c" } };
  const { result, told } = await act(activateOnServers, switchOf(hosts), {
    needs,
    store,
    release,
    rollout: release === "v1" ? "1-a" : "2-b",
  });
  const { downtime, ...serving } = result;
  return { serving, downtime, told, bytes: Buffer.byteLength(JSON.stringify(result)) };
}

/** Has the application load a release, then points `current` at one: what a power cut may leave behind. */
async function loadAgain(host: TestHost | undefined, release: string, current: string): Promise<void> {
  if (host === undefined) throw new Error("there are three hosts");
  pointAt(host, release);
  await fetch(`${host.address}/-/load`);
  pointAt(host, current);
}

function pointAt({ directory }: TestHost, release: string): void {
  rmSync(join(directory, "current"), { force: true });
  symlinkSync(join("releases", `${release}-f`), join(directory, "current"));
}

const states = (hosts: readonly TestHost[]) => Promise.all(hosts.map(stateOf));

test("what a rollout builds in another way after it has released well is switched to as well", async () => {
  const hosts = await makeHosts({ v1: [], v2: [], v3: [] });
  const store = temporaryFolder();
  for (const release of ["v1", "v2"]) await activate(hosts, release, store);
  const { serving } = await activate(hosts, "v3", store);
  expect(serving).toEqual({ release: "v3", folder: "v3-f", before: "v1-f", reverted: false, why: "", verified: true });
  expect(await states(hosts)).toEqual(hosts.map(() => ["v3", false]));
});

test("a good release serves on all hosts, nobody notices, and a maintenance page comes down", async () => {
  const hosts = await makeHosts({ v1: [], v2: [] });
  const store = temporaryFolder();
  expect((await activate(hosts, "v1", store)).serving).toEqual({
    ...{ release: "v1", folder: "v1-f", before: "", reverted: false, why: "", verified: true },
  });
  for (const { directory } of hosts) writeFileSync(join(directory, "maintenance.json"), "{}");
  const { serving, downtime, told } = await activate(hosts, "v2", store);
  expect(serving).toEqual({ release: "v2", folder: "v2-f", before: "v1-f", reverted: false, why: "", verified: true });
  expect([downtime.failed, downtime.requests > 0]).toEqual([0, true]);
  expect(told.at(-1)).toBe(
    `v2 serves: 0 of ${downtime.requests} requests failed, longest gap ${downtime.longestGapMs} ms`,
  );
  expect(await states(hosts)).toEqual(hosts.map(() => ["v2", false]));
  expect(readSettled(store)).toMatchObject({ release: "v2", folder: "v2-f", rollout: "2-b" });
});

test("when one host of three fails all go back, verified, and the log of what failed says why", async () => {
  const bad: Behaviour = {
    health: 500,
    logs: ["v2 listens", "v2 no such column: notes", "v1 drains", "v2 no such column: notes"],
  };
  const hosts = await makeHosts({ v1: [{ logs: ["v1 listens"] }], v2: [{}, bad, {}] });
  const store = temporaryFolder();
  await activate(hosts, "v1", store);
  for (const { directory } of hosts) writeFileSync(join(directory, "maintenance.json"), "{}");
  const { serving, told } = await activate(hosts, "v2", store);
  expect(serving).toEqual({
    ...{ release: "v1", folder: "v1-f", before: "v1-f", reverted: true, verified: true },
    why: [
      "web-2: /health answered 500 (asked 4 times)",
      "  web-2 log: v2 listens",
      "  web-2 log: v2 no such column: notes (2 times)",
    ].join("\n"),
  });
  expect(await states(hosts)).toEqual(hosts.map(() => ["v1", false]));
  expect(hosts.map(({ loads }) => loads)).toEqual([3, 3, 3]);
  expect(readSettled(store)?.release).toBe("v1");
  expect(told).toContain("v2 does not serve well: web-2: /health answered 500 (asked 4 times)");
});

test("a host that cannot load the release takes all back, too", async () => {
  const hosts = await makeHosts({ v1: [], v2: [{}, {}, { refuses: "v2 does not come up: port in use" }] });
  const store = temporaryFolder();
  await activate(hosts, "v1", store);
  const { serving } = await activate(hosts, "v2", store);
  expect([serving.release, serving.verified, serving.why]).toEqual([
    ...["v1", true, `${reloadInWords}: failed (exit code 1)\n  v2 does not come up: port in use`],
  ]);
  expect(await states(hosts)).toEqual(hosts.map(() => ["v1", false]));
});

test("when both releases fail that is recorded, and a maintenance page stays up", async () => {
  const hosts = await makeHosts({ v1: [], v2: [{ health: 500 }] });
  const store = temporaryFolder();
  await activate(hosts, "v1", store);
  hosts[2]?.place("v1", { health: 503 });
  for (const { directory } of hosts) writeFileSync(join(directory, "maintenance.json"), "{}");
  const { serving, told } = await activate(hosts, "v2", store);
  expect(serving).toEqual({
    ...{ release: "v1", folder: "v1-f", before: "v1-f", reverted: true, verified: false },
    why: "web-1: /health answered 500 (asked 4 times)",
  });
  expect(told).toContain(
    "v1 does not serve well either, look at the infrastructure: web-3: /health answered 503 (asked 4 times)",
  );
  expect(await states(hosts)).toEqual(hosts.map(() => ["v1", true]));
});

test("a first release that fails leaves nothing serving", async () => {
  const hosts = await makeHosts({ v1: [{}, {}, { health: 500 }] });
  const store = temporaryFolder();
  expect((await activate(hosts, "v1", store)).serving).toEqual({
    ...{ release: "none", folder: "", before: "", reverted: true, verified: false },
    why: "web-3: /health answered 500 (asked 4 times)",
  });
  expect(readSettled(store)).toBeUndefined();
});

test("cut off when it had switched, it knows what served before all the same", async () => {
  const hosts = await makeHosts({ v1: [], v2: [] });
  const store = temporaryFolder();
  const args = switchOf(hosts);
  for (const [release, rollout] of [
    ["v1", "1-a"],
    ["v2", "2-b"],
    ["v2", "2-b"],
  ] as const) {
    const needs = { PREPARED: { folder: `${release}-f`, release, commit: "c" } };
    const { result } = await act(activateOnServers, args, { needs, store, release, rollout });
    expect([result.release, result.before]).toEqual([release, release === "v1" ? "" : "v1-f"]);
  }
});

test("cut off when it had switched, hosts that serve the release are not told to load it again, the others are", async () => {
  const hosts = await makeHosts({ v1: [], v2: [] });
  const store = temporaryFolder();
  await activate(hosts, "v1", store);
  const [, behind, lost] = hosts;
  await activate(hosts, "v2", store);
  // As a power cut leaves them: pointed at the release and not loaded yet, or not even that.
  await loadAgain(behind, "v1", "v2");
  await loadAgain(lost, "v1", "v1");
  const { serving } = await activate(hosts, "v2", store);
  expect([serving.release, serving.before, serving.verified]).toEqual(["v2", "v1-f", true]);
  expect(await states(hosts)).toEqual(hosts.map(() => ["v2", false]));
  expect(hosts.map(({ loads }) => loads)).toEqual([2, 4, 4]);
});

test("cut off when it had taken a release back, it does not try that release again", async () => {
  const hosts = await makeHosts({ v1: [], v2: [{ health: 500 }] });
  const store = temporaryFolder();
  await activate(hosts, "v1", store);
  await activate(hosts, "v2", store);
  const loads = hosts.map((host) => host.loads);
  const { serving, told } = await activate(hosts, "v2", store);
  expect(serving).toEqual({
    ...{ release: "v1", folder: "v1-f", before: "v1-f", reverted: true, verified: true },
    why: "this rollout had taken it back already when it was cut off; why stands in the step's log",
  });
  expect(told.filter((line) => line.includes("switching to v2"))).toEqual([]);
  expect([await states(hosts), hosts.map((host) => host.loads)]).toEqual([hosts.map(() => ["v1", false]), loads]);
});

test("a release whose files are missing on one host is switched to on none", async () => {
  const hosts = await makeHosts({ v1: [] });
  const store = temporaryFolder();
  await activate(hosts, "v1", store);
  for (const host of hosts.slice(1)) host.place("v2");
  const { serving, told } = await activate(hosts, "v2", store);
  expect([serving.release, serving.reverted, serving.verified]).toEqual(["v1", true, true]);
  expect(serving.why).toMatch(/^web-1: releases\/v2-f is not there\. Was the host lost since it was prepared/);
  expect(told.filter((line) => line.includes("switching to v2"))).toEqual([]);
  expect(await states(hosts)).toEqual(hosts.map(() => ["v1", false]));
});

test("however much a failed release has logged, the receipt stays small", async () => {
  const logs = Array.from({ length: 40 }, (_, index) => `v2 ${index} ${"\u001b[31mé".repeat(200)}`);
  const hosts = await makeHosts({
    v1: [],
    v2: [
      { health: 500, logs },
      { health: 500, logs },
    ],
  });
  const store = temporaryFolder();
  await activate(hosts, "v1", store);
  expect((await activate(hosts, "v2", store)).bytes).toBeLessThan(4096);
});

test("it goes on when the engine is killed", async () => {
  expect(call(activateOnServers, switchOf(await makeHosts({}))).survives).toBe(true);
});
