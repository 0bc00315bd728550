// A lock is taken away only when everybody who holds it is known to be dead.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { type LockHolder, lockHolder, removeLocks } from "../../cli/lock.ts";
import { thisProcess } from "../../runtime/owner.ts";

let backend: string;

beforeEach(() => {
  backend = mkdtempSync(join(tmpdir(), "switchback-lock-"));
});

afterEach(() => {
  rmSync(backend, { recursive: true, force: true });
});

const folder = (): string => join(backend, ".pulumi/locks/organization/releases/staging");
const holder = (leased?: Parameters<typeof lockHolder>[3]): LockHolder =>
  lockHolder(backend, "releases", "staging", leased);
const file = (name: string, lock: unknown) => ({ path: join(folder(), name), text: JSON.stringify(lock) });

function write(name: string, lock: unknown): void {
  writeFileSync(join(folder(), name), JSON.stringify(lock));
}

function locked(...locks: unknown[]): LockHolder {
  mkdirSync(folder(), { recursive: true });
  for (const [index, lock] of locks.entries()) write(`${index}.json`, lock);
  writeFileSync(join(folder(), "0.json.attrs"), "{}");
  return holder();
}

const dead = { pid: spawnSync(process.execPath, ["--version"]).pid, username: "deploy", hostname: hostname() };
const alive = { ...dead, pid: process.pid };

test("dead engines of this machine", () => {
  const by = `deploy@${hostname()} (pid ${dead.pid})`;
  const files = [file("0.json", dead), file("1.json", dead)];
  expect(locked(dead, dead)).toEqual({ state: "dead", by: `${by}, ${by}`, dead: files });
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

test("somebody: one of them alive", () => {
  const by = `deploy@${hostname()} (pid ${process.pid})`;
  expect(locked(dead, alive)).toEqual({ state: "somebody", by, dead: [file("0.json", dead)] });
});

test("a lock that does not say whose it is may be anybody's", () => {
  const by = `nobody knows who, by ${join(folder(), "1.json")}`;
  expect(locked(dead, "nonsense")).toEqual({ state: "unnamed", by, dead: [file("0.json", dead)] });
});

const elsewhere = { ...dead, hostname: "elsewhere", timestamp: "2026-01-02T03:04:05Z" };

test("on another machine it cannot be told", () => {
  const by = `deploy@elsewhere (pid ${dead.pid}) since 2026-01-02T03:04:05Z`;
  expect(locked(dead, elsewhere)).toEqual({ state: "elsewhere", by, dead: [file("0.json", dead)] });
});

test("an engine there that is known to be gone is dead, and no other of that machine", () => {
  locked(elsewhere, { ...elsewhere, pid: dead.pid + 1 });
  const gone = { owner: { ...thisProcess(), machine: "elsewhere", pid: dead.pid }, isSilent: true };
  expect(holder(gone)).toMatchObject({ state: "elsewhere", dead: [file("0.json", elsewhere)] });
  rmSync(join(folder(), "1.json"));
  expect(holder(gone)).toMatchObject({ state: "dead", dead: [file("0.json", elsewhere)] });
});

test("of the lease's engine the lease knows more: one in another container of the same name is not seen from here", () => {
  locked(dead);
  const owner = { ...thisProcess(), pid: dead.pid, within: "0123456789abcdef" };
  expect(holder({ owner, isSilent: false }).state).toBe("somebody");
  expect(holder({ owner, isSilent: true }).state).toBe("dead");
});

test("the lease's engine is dead though another process has its number by now", () => {
  locked(alive);
  expect(holder({ owner: thisProcess(), isSilent: false }).state).toBe("somebody");
  expect(holder({ owner: { ...thisProcess(), began: "before the restart" }, isSilent: false }).state).toBe("dead");
});

test("nobody without a lock, and without a folder for it", () => {
  expect(locked()).toEqual({ state: "nobody", by: "", dead: [] });
  expect(lockHolder(join(backend, "nowhere"), "releases", "staging").state).toBe("nobody");
});

test("of a backend that only the engine can ask nothing is known", () => {
  expect(lockHolder(undefined, "releases", "staging")).toEqual({ state: "unknown", by: "", dead: [] });
});

test("only what was judged is taken away, and what has come since stays", () => {
  const { dead: judged } = locked(dead, dead);
  // Another operator has seen the same dead locks, and is at work by now.
  rmSync(join(folder(), "0.json"));
  write("1.json", alive);
  write("2.json", alive);
  removeLocks(judged);
  expect(readdirSync(folder()).sort()).toEqual(["0.json.attrs", "1.json", "2.json"]);
});

test("nothing is left that an engine would take for a lock", () => {
  removeLocks(locked(dead).dead);
  expect(readdirSync(folder())).toEqual([]);
});
