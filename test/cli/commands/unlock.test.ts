// Lease and lock are shown, and taken away from the dead only.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
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
    ...{ fencing: 4, rollout: "4-other", release: "v2", step: "parcel-activation", owner, engine: dead },
    ...{ opened: "4-other", since: "2026-01-02T03:04:05Z", ledger: { entry: 0, digest: "" } },
    heartbeat: new Date(heard).toISOString(),
    expires: new Date(heard + leaseSilenceSeconds * 1000).toISOString(),
  };
  mkdirSync(store(), { recursive: true });
  writeFileSync(inStore.lease(store()), JSON.stringify(lease));
  return lease;
}

function writeLock({ pid, machine }: Owner): string {
  const folder = join(project.folder, "backend/.pulumi/locks/organization/releases/staging");
  mkdirSync(folder, { recursive: true });
  const lock = { pid, username: "deploy", hostname: machine, timestamp: "2026-01-02T03:04:05Z" };
  writeFileSync(join(folder, "1.json"), JSON.stringify(lock));
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
  writeLock(elsewhere);
  expect(await project.run("unlock", "--yes")).toMatchObject({ exitCode: 0 });
  expect(readLease(store())).toMatchObject({ rollout: "", fencing: 4 });
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
  expect(readLease(store())?.rollout).toBe("");
});
