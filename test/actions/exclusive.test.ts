/** A lock for moments: between processes, after one that died with it, and after one that slept in it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exclusively } from "../../actions/exclusive.ts";
import { isStopped, ownerOf } from "../../runtime/owner.ts";
import { root, temporaryFolder, until } from "../support/context.ts";

const start = (code: string): ChildProcess =>
  spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" });

/** Counts up in a file, as a reader and a writer who must not be disturbed; `skew`: how far its clock is off, in ms. */
const counting = (lock: string, file: string, { turns = 50, skew = 0, pause = 0 }): string => `
import { readFileSync, writeFileSync } from "node:fs";
import { exclusively } from ${JSON.stringify(`${root}actions/exclusive.ts`)};
const now = Date.now;
Date.now = () => now() + ${skew};
for (let turn = 0; turn < ${turns}; turn++)
  exclusively(${JSON.stringify(lock)}, () => {
    const count = Number(readFileSync(${JSON.stringify(file)}, "utf8")) + 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${pause});
    writeFileSync(${JSON.stringify(file)}, String(count));
  });
`;

/** As a process that has died has left it in its lock. */
const token = "0123456789abcdef";

async function countInProcesses(lock: string, file: string, processes: number, how = {}): Promise<string> {
  writeFileSync(file, "0");
  const children = Array.from({ length: processes }, () => start(counting(lock, file, how)));
  const codes = await Promise.all(children.map((child) => once(child, "exit")));
  expect(codes.map(([code]) => code as number)).toEqual(children.map(() => 0));
  return readFileSync(file, "utf8");
}

function makeStale(path: string, seconds = 6): void {
  writeFileSync(path, token);
  const past = new Date(Date.now() - seconds * 1000);
  utimesSync(path, past, past);
}

test("what is done is given back, and the lock is gone; also when it fails", () => {
  const lock = join(temporaryFolder(), "lock");
  expect(exclusively(lock, () => existsSync(lock))).toBe(true);
  expect(() =>
    exclusively(lock, () => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(existsSync(lock)).toBe(false);
});

test("processes at the same time follow each other", async () => {
  const folder = temporaryFolder();
  expect(await countInProcesses(join(folder, "lock"), join(folder, "count"), 4)).toBe("200");
}, 20_000);

test("clocks that disagree, and writes that take their time, make nobody's lock an old one", async () => {
  const folder = temporaryFolder();
  const how = { turns: 20, skew: 8000, pause: 20 };
  expect(await countInProcesses(join(folder, "lock"), join(folder, "count"), 2, how)).toBe("40");
}, 20_000);

test("a lock that a dead process left is removed once it is old, by one of those who wait", async () => {
  const folder = temporaryFolder();
  makeStale(join(folder, "lock"));
  expect(await countInProcesses(join(folder, "lock"), join(folder, "count"), 3)).toBe("150");
}, 20_000);

test("so is what one left that died while it removed such a lock", () => {
  const lock = join(temporaryFolder(), "lock");
  makeStale(lock);
  makeStale(`${lock}.stale`);
  expect(exclusively(lock, () => "done")).toBe("done");
  expect(existsSync(`${lock}.stale`)).toBe(false);
});

test("what one left that died while it wrote is taken away with its lock, and nothing else is", () => {
  const folder = temporaryFolder();
  const lock = join(folder, "file.lock");
  makeStale(lock);
  for (const name of [`file.lock.${token}.tmp`, "file.lock.fedcba9876543210.tmp"])
    writeFileSync(join(folder, name), "");
  exclusively(lock, ({ write }) => {
    write(join(folder, "file"), "text");
  });
  expect(readdirSync(folder).sort()).toEqual(["file", "file.lock.fedcba9876543210.tmp"]);
});

test.each(["", "../../x"])("a lock with something else in it (%#) is given up by the same rule", (text) => {
  const lock = join(temporaryFolder(), "lock");
  writeFileSync(lock, text);
  expect(exclusively(lock, () => "done")).toBe("done");
  expect(existsSync(lock)).toBe(false);
});

/** Reads, is stopped before its last look at the lock or right behind it, and goes on when it is told to. */
const sleepy = (folder: string, at: "before" | "behind"): string => `
import fs, { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
let slept = false;
const sleep = () => { if (!slept) process.kill(process.pid, "SIGSTOP"); slept = true; };
const rename = fs.renameSync;
fs.renameSync = (from, to) => { if (${JSON.stringify(at)} === "behind") sleep(); rename(from, to); };
syncBuiltinESMExports();
const { exclusively } = await import(${JSON.stringify(`${root}actions/exclusive.ts`)});
exclusively(${JSON.stringify(join(folder, "file.lock"))}, ({ write }) => {
  const count = Number(readFileSync(${JSON.stringify(join(folder, "file"))}, "utf8")) + 1;
  if (${JSON.stringify(at)} === "before") sleep();
  write(${JSON.stringify(join(folder, "file"))}, String(count));
});`;

test.runIf(existsSync("/proc/self/stat")).for(["before", "behind"] as const)(
  "who sleeps %s its last look while another takes the lock begins again, and undoes nothing (needs /proc)",
  async (at) => {
    const folder = temporaryFolder();
    const [file, lock] = [join(folder, "file"), join(folder, "file.lock")];
    writeFileSync(file, "0");
    const child = start(sleepy(folder, at));
    onTestFinished(() => void child.kill("SIGKILL"));
    await until("it is stopped", () => isStopped(ownerOf(child.pid ?? 0)));
    expect(await countInProcesses(lock, file, 1, { turns: 1 })).toBe("1");
    const ended = once(child, "exit");
    child.kill("SIGCONT");
    expect([await ended, readFileSync(file, "utf8"), readdirSync(folder)]).toEqual([[0, null], "2", ["file"]]);
  },
);

test("who has lost its lock leaves the other's where it is", () => {
  const lock = join(temporaryFolder(), "lock");
  exclusively(lock, () => {
    writeFileSync(lock, token);
  });
  expect(readFileSync(lock, "utf8")).toBe(token);
});

test("what cannot be written is an error that names the file, and nothing is left", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "file", "inside"), { recursive: true });
  expect(() => {
    exclusively(join(folder, "file.lock"), ({ write }) => {
      write(join(folder, "file"), "text");
    });
  }).toThrow(/EISDIR|ENOTEMPTY/);
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("one that was left before the clock was set back is not waited for until then", () => {
  const lock = join(temporaryFolder(), "lock");
  makeStale(lock, -3600);
  expect(exclusively(lock, () => "done")).toBe("done");
});

test("a lock in a folder that is not there is an error, not a wait", () => {
  expect(() => exclusively(join(temporaryFolder(), "none", "lock"), () => 1)).toThrow("ENOENT");
});
