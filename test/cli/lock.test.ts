// A lock is taken away only when everybody who holds it is known to be dead.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { type LockHolder, lockHolder } from "../../cli/lock.ts";

let backend: string;

beforeEach(() => {
  backend = mkdtempSync(join(tmpdir(), "switchback-lock-"));
});

afterEach(() => {
  rmSync(backend, { recursive: true, force: true });
});

function locked(...locks: unknown[]): LockHolder {
  const folder = join(backend, ".pulumi/locks/organization/releases/staging");
  mkdirSync(folder, { recursive: true });
  for (const [index, lock] of locks.entries()) writeFileSync(join(folder, `${index}.json`), JSON.stringify(lock));
  writeFileSync(join(folder, "0.json.attrs"), "{}");
  return lockHolder(backend, "releases", "staging");
}

const dead = { pid: spawnSync(process.execPath, ["--version"]).pid, username: "deploy", hostname: hostname() };
const alive = { ...dead, pid: process.pid };

test("dead engines of this machine", () => {
  const by = `deploy@${hostname()} (pid ${dead.pid})`;
  expect(locked(dead, dead)).toEqual({ state: "dead", by: `${by}, ${by}` });
});

// A process that has ended stays in the kernel's list until its parent has asked: in a container often for good.
test.skipIf(!existsSync("/proc/self/stat"))("one that nobody has reaped is dead (needs /proc)", async () => {
  const script = "const c = require('child_process').spawn('true'); console.log(c.pid); while (true);";
  const parent = spawn(process.execPath, ["-e", script]);
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [pid] = (await once(parent.stdout, "data")) as [Buffer];
  const zombie = { ...dead, pid: Number(pid) };
  await expect.poll(() => locked(zombie).state).toBe("dead");
});

test.each([
  ["one of them alive", [dead, alive], `deploy@${hostname()} (pid ${process.pid})`],
  ["not readable", ["nonsense"], "nobody knows who"],
])("somebody: %s", (_, locks, by) => {
  expect(locked(...locks)).toEqual({ state: "somebody", by });
});

test("on another machine it cannot be told", () => {
  const elsewhere = { ...dead, hostname: "elsewhere", timestamp: "2026-01-02T03:04:05Z" };
  const by = `deploy@elsewhere (pid ${dead.pid}) since 2026-01-02T03:04:05Z`;
  expect(locked(dead, elsewhere)).toEqual({ state: "elsewhere", by });
});

test("nobody without a lock, and without a backend", () => {
  expect(locked()).toEqual({ state: "nobody", by: "" });
  expect(lockHolder(join(backend, "nowhere"), "releases", "staging").state).toBe("nobody");
});
