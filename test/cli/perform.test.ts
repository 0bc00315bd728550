// The command end to end on the embedded engine: a release, one that goes back by itself, one that a person goes back
// from, with what people read of each.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded } from "../support/engines.ts";
import { Project } from "../support/project.ts";
import { type Said, switchback } from "./switchback.ts";

let project: Project;

const run = (...argv: string[]): Promise<Said> => switchback(project, ...argv, "--engine", "embedded");
const stackFile = (): string => readFileSync(join(project.folder, "Pulumi.staging.yaml"), "utf8");
/** Lines without what differs every time. */
const told = ({ stdout }: Said): string[] =>
  stdout
    .replaceAll(project.address, "ADDRESS")
    .replaceAll(/-[0-9a-f]{6}\b/g, "-ID")
    .replaceAll(/ +\d+\.\d s\b/g, " N s")
    .replaceAll(/of \d+ requests failed, longest gap \d+ ms/g, "of N requests failed")
    .split("\n");

beforeAll(async () => {
  project = await Project.make(embedded);
});

afterAll(() => project.remove());

test("nothing serves before the first release", async () => {
  const status = await run("status");
  expect(status.exitCode).toBe(3);
  expect(told(status)).toEqual([
    "staging",
    "  state says     nothing serves",
    "  agree          yes",
    "  being changed  no",
    "  next           switchback up",
  ]);
});

test("nobody to ask is no yes", async () => {
  const up = await run("up");
  expect(up).toMatchObject({
    exitCode: 2,
    stderr:
      "switchback: nobody is here to answer: this is no terminal. Nothing was changed. To go on without being asked: --yes",
  });
});

test("a release is reviewed, performed and reported", async () => {
  const up = await run("up", "--yes");
  expect(up).toMatchObject({ exitCode: 0, stderr: "engine: embedded" });
  const lines = told(up);
  expect(lines[0]).toBe("staging: rollout #1");
  expect(lines).toContain("  ✓ smoke login N s  smoke@parcel.test logged in, saw /orders and logged out");
  expect(lines.slice(-3)).toEqual([
    "✓ v1.0.0 serves at ADDRESS (rollout 1-ID, N s)",
    "  way back  there is no other release to go back to",
    "  report    .switchback/store/evidence/1-ID/report.md",
  ]);
});

test("a second time there is nothing to do", async () => {
  const up = await run("up", "--yes");
  expect(up.exitCode).toBe(0);
  expect(told(up)[1]).toBe("✓ nothing to do: the state says that v1.0.0 serves at ADDRESS (rollout 1-ID)");
});

test("a release that does not serve goes back, and the last lines say what to do", async () => {
  const up = await run("up", "--yes", "--release", "v1.3.0-broken");
  expect(up.exitCode).toBe(1);
  const lines = told(up);
  const end = lines.slice(lines.indexOf("✗ v1.3.0-broken was not released (rollout 2-ID, N s)"));
  expect(end.slice(1, 4)).toEqual([
    "  v1.3.0-broken was taken back: v1.0.0 serves.",
    "  Why: host-0: /api/health answered 500 (asked 8 times)",
    "    host-0 log: info: serves, after v1.0.0",
  ]);
  expect(end.slice(-4)).toEqual([
    "  downtime    0 of N requests failed",
    "  report      .switchback/store/evidence/2-ID/report.md",
    "  serves now  v1.0.0 at ADDRESS",
    "  next        mend v1.3.0-broken and release what you made of it, or try the same again with: switchback up",
  ]);
  expect(up.stdout + up.stderr).not.toContain("    at ");
  expect((await project.version()).release).toBe("v1.0.0");
});

test("the next good one succeeds, and status names it", async () => {
  const up = await run("up", "--yes", "--release", "v1.1.0", "--json");
  expect(JSON.parse(up.stdout)).toMatchObject({
    ok: true,
    serving: "v1.1.0",
    failure: "",
    wayBack: { command: "switchback rollback v1.0.0" },
  });
  const status = await run("status", "--json");
  expect(status.exitCode).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({
    serving: "v1.1.0",
    disagreements: [],
    reality: { hosts: [{ name: "host-0", release: "v1.1.0" }] },
  });
});

test("an older release is no release", async () => {
  const up = await run("up", "--yes", "--release", "v1.0.0");
  expect(up.exitCode).toBe(1);
  expect(up.stderr).toContain(
    "switchback: v1.0.0 is older than v1.1.0, which serves. To go back on purpose: switchback rollback v1.0.0",
  );
  expect(stackFile()).toContain("switchback:release: v1.1.0");
});

test("going back is a rollout of its own, and takes away the lock of an engine that was killed", async () => {
  const folder = join(project.folder, ".switchback/backend/.pulumi/locks/organization/switchback/staging");
  const lock = { pid: spawnSync(process.execPath, ["--version"]).pid, username: "deploy", hostname: hostname() };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "killed.json"), JSON.stringify(lock));
  const rollback = await run("rollback", "--yes");
  expect([rollback.exitCode, existsSync(join(folder, "killed.json"))]).toEqual([0, false]);
  expect(rollback.stderr).toContain(
    `an earlier update was killed, of deploy@${hostname()} (pid ${lock.pid}): its lock is taken away, what it left is looked at`,
  );
  const lines = told(rollback);
  expect(lines.slice(0, 2)).toEqual(["staging: rollout #4", "  release    v1.1.0 → v1.0.0"]);
  expect(lines).toContain("✓ v1.0.0 serves at ADDRESS (rollout 4-ID, N s)");
  expect(stackFile()).toContain("switchback:rollbackFrom: v1.1.0");
});

test("the history tells all of it, by its releases and by its updates", async () => {
  const history = JSON.parse((await run("history", "--json")).stdout) as Record<string, unknown>[];
  expect(
    history.map(({ number, release, result, updates }) => [
      number,
      release,
      String(result).replace(/-[0-9a-f]{6}$/, ""),
      updates,
    ]),
  ).toEqual([
    [4, "v1.0.0", "serves", ["v1.0.0 #4, back from v1.1.0"]],
    [3, "v1.1.0", "served, left by rollback 4", ["v1.1.0 #3, 3 commits"]],
    [2, "v1.3.0-broken", "taken back", ["v1.3.0-broken #2, 6 commits"]],
    [1, "v1.0.0", "served", ["v1.0.0 #1"]],
  ]);
});

test("the evidence is verified", async () => {
  const verify = await run("verify");
  expect(verify.exitCode).toBe(0);
  expect(verify.stdout.split("\n").filter((line) => !line.startsWith("✓ "))).toEqual([]);
});

test("stopped, the state and reality disagree, and the way out is named", async () => {
  expect((await run("stop")).stdout).toBe("stopped: host-0. To start again: switchback up --again");
  const status = await run("status");
  expect(status.exitCode).toBe(1);
  expect(told(status).at(-1)).toBe("  next           make v1.0.0 serve again: switchback up --again");
  const up = await run("up", "--yes");
  expect(up.exitCode).toBe(1);
  expect(told(up)[1]).toBe("✗ nothing was done, and what serves is not what the state says (rollout 4-ID)");
});
