// Lease and lock are shown, and taken away from the dead only.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inStore } from "../../../release/store.ts";
import { leaseSilenceSeconds } from "../../../runtime/heartbeat.ts";
import { type Lease, readLease } from "../../../runtime/lease.ts";
import { nameOf, type Owner, thisProcess } from "../../../runtime/owner.ts";
import { FakeProject } from "./fake-project.ts";

const dead: Owner = { ...thisProcess(), pid: spawnSync(process.execPath, ["--version"]).pid };
const elsewhere: Owner = { ...thisProcess(), machine: "ci-7" };
let project: FakeProject;
const store = (): string => join(project.folder, "store");

beforeEach(() => {
  project = new FakeProject({}, []);
});
afterEach(() => {
  project.remove();
});

function writeLease(owner: Owner, silentSeconds = 0): Lease {
  const heard = Date.now() - silentSeconds * 1000;
  const lease: Lease = {
    ...{ fencing: 4, rollout: "4-other", release: "v2", step: "parcel-activation", owner },
    engine: { ...dead, machine: owner.machine },
    ...{ opened: "4-other", since: "2026-01-02T03:04:05Z", ledger: { entry: 0, digest: "" } },
    heartbeat: new Date(heard).toISOString(),
    expires: new Date(heard + leaseSilenceSeconds * 1000).toISOString(),
  };
  mkdirSync(store(), { recursive: true });
  writeFileSync(inStore.lease(store()), JSON.stringify(lease));
  return lease;
}

const lockFile = (): string => join(project.folder, "backend/.pulumi/locks/organization/releases/staging/1.json");

function writeLock({ pid, machine }: Owner): string {
  mkdirSync(dirname(lockFile()), { recursive: true });
  const lock = { pid, username: "deploy", hostname: machine, timestamp: "2026-01-02T03:04:05Z" };
  writeFileSync(lockFile(), JSON.stringify(lock));
  return `deploy@${machine} (pid ${pid}) since 2026-01-02T03:04:05Z`;
}

const shown = ({ owner, heartbeat }: Lease, state: string): string[] => [
  `lease        rollout 4-other (v2) at parcel-activation, by ${nameOf(owner)} since 2026-01-02T03:04:05Z, heard of at ${heartbeat}`,
  `             ${state}`,
];

test("what nobody holds is free", async () => {
  expect(await project.run("unlock")).toEqual({
    ...{ exitCode: 0, stderr: "" },
    stdout: "lease        free\nengine lock  free",
  });
});

test("a rollout that is at work is shown and left alone", async () => {
  const lease = writeLease(thisProcess());
  const said = await project.run("unlock", "--yes");
  expect([said.exitCode, said.stdout.split("\n")]).toEqual([1, [...shown(lease, "at work"), "engine lock  free"]]);
  expect(said.stderr).toBe("switchback: staging: rollout 4-other is at work. Wait for it to end. Nothing was changed.");
  expect(readLease(store())).toEqual(lease);
});

test("of one on another machine nothing can be said until it was silent for long enough", async () => {
  const lease = writeLease(elsewhere);
  const said = await project.run("unlock", "--yes");
  expect([said.exitCode, said.stdout.split("\n").slice(0, 2)]).toEqual([
    1,
    shown(lease, "on another machine, heard of lately"),
  ]);
  expect(said.stderr).toBe(
    `switchback: staging: whether rollout 4-other is dead cannot be seen from here. Not heard of until ${lease.expires}, it is taken for dead: try again then. Nothing was changed.`,
  );
  writeLease(elsewhere, leaseSilenceSeconds + 1);
  writeLock({ ...elsewhere, pid: dead.pid });
  expect(await project.run("unlock", "--yes")).toMatchObject({ exitCode: 0 });
  expect([readLease(store()), existsSync(lockFile())]).toMatchObject([{ rollout: "", fencing: 4 }, false]);
});

test("the engine that has come after a dead one, on its machine, keeps its lock", async () => {
  writeLease(elsewhere, leaseSilenceSeconds + 1);
  const by = writeLock({ ...elsewhere, pid: dead.pid + 1 });
  const { exitCode, stderr } = await project.run("unlock", "--yes");
  expect([exitCode, stderr, existsSync(lockFile())]).toEqual([
    1,
    `switchback: staging: whether the engine of ${by} is dead is to be seen only there. When you know that it is: pulumi cancel --stack staging. Nothing was changed.`,
    true,
  ]);
});

test("a lock that does not say whose it is is nobody's to take", async () => {
  writeLock(thisProcess());
  writeFileSync(lockFile(), "");
  expect(await project.run("unlock", "--yes")).toEqual({
    exitCode: 1,
    stdout: `lease        free\nengine lock  nobody knows who, by ${lockFile()}\n             dead or alive: it does not say whose it is`,
    stderr:
      "switchback: staging: whether the engine is dead that holds the lock is to be seen by nobody. When you know that it is: pulumi cancel --stack staging. Nothing was changed.",
  });
  expect(existsSync(lockFile())).toBe(true);
});

const unseen =
  "staging: whether an engine holds the lock is known to the backend only. switchback up says so when one does. When you know that it is dead: pulumi cancel --stack staging.";

test.each(["s3://bucket", "https://api.pulumi.com"])("what %s keeps cannot be seen: it is not free", async (url) => {
  writeFileSync(join(project.folder, "Pulumi.yaml"), `name: releases\nbackend: { url: "${url}" }\n`);
  const shown = "engine lock  kept by the backend: cannot be seen from here";
  expect(await project.run("unlock")).toEqual({
    exitCode: 1,
    stdout: `lease        free\n${shown}`,
    stderr: `switchback: ${unseen} Nothing was changed.`,
  });
  const json = await project.run("unlock", "--json");
  expect([json.exitCode, JSON.parse(json.stdout)]).toEqual([
    1,
    { leaseIs: "free", lock: { state: "unknown", by: "" } },
  ]);
});

test("the lease of the dead is freed where the lock cannot be seen, and no more is said than is known", async () => {
  writeFileSync(join(project.folder, "Pulumi.yaml"), "name: releases\nbackend: { url: s3://bucket }\n");
  writeLease(dead);
  const said = await project.run("unlock", "--yes");
  expect([said.exitCode, said.stderr]).toEqual([1, `switchback: The lease is free now. ${unseen}`]);
  expect(readLease(store())?.rollout).toBe("");
});

test("an engine that lives, or is on another machine, keeps its lock", async () => {
  const by = writeLock(thisProcess());
  expect(await project.run("unlock", "--yes")).toEqual({
    exitCode: 1,
    stdout: `lease        free\nengine lock  ${by}\n             alive`,
    stderr: `switchback: staging: the engine is at work, of ${by}. Wait for it to end. Nothing was changed.`,
  });
  const there = writeLock(elsewhere);
  expect((await project.run("unlock", "--yes")).stderr).toBe(
    `switchback: staging: whether the engine of ${there} is dead is to be seen only there. When you know that it is: pulumi cancel --stack staging. Nothing was changed.`,
  );
});

test("the dead lose both, once somebody agrees", async () => {
  const lease = writeLease(dead);
  const by = writeLock({ ...dead, machine: hostname() });
  const asked = await project.run("unlock");
  expect([asked.exitCode, readLease(store())]).toEqual([2, lease]);
  expect(await project.run("unlock", "--yes")).toEqual({
    ...{ exitCode: 0, stderr: "" },
    stdout: [
      ...shown(lease, "dead"),
      `engine lock  ${by}\n             dead`,
      "unlocked. Go on with what was cut off, or release something else: switchback up",
    ].join("\n"),
  });
  expect([readLease(store())?.rollout, existsSync(lockFile())]).toEqual(["", false]);
});
