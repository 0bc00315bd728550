/** A lock for moments: between processes, and after one that died with it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exclusively } from "../../runtime/exclusive.ts";
import { root, temporaryFolder } from "../support/context.ts";

/** Counts up in a file, as a reader and a writer who must not be disturbed. */
const counting = (lock: string, file: string): string => `
import { readFileSync, writeFileSync } from "node:fs";
import { exclusively } from ${JSON.stringify(`${root}runtime/exclusive.ts`)};
for (let turn = 0; turn < 50; turn++)
  exclusively(${JSON.stringify(lock)}, () => {
    writeFileSync(${JSON.stringify(file)}, String(Number(readFileSync(${JSON.stringify(file)}, "utf8")) + 1));
  });
`;

async function countInProcesses(lock: string, file: string, processes: number): Promise<string> {
  writeFileSync(file, "0");
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", counting(lock, file)], { stdio: "inherit" }),
  );
  const codes = await Promise.all(children.map((child) => once(child, "exit")));
  expect(codes.map(([code]) => code as number)).toEqual(children.map(() => 0));
  return readFileSync(file, "utf8");
}

function makeStale(path: string, seconds = 6): void {
  writeFileSync(path, "1");
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

test("one that was left before the clock was set back is not waited for until then", () => {
  const lock = join(temporaryFolder(), "lock");
  makeStale(lock, -3600);
  expect(exclusively(lock, () => "done")).toBe("done");
});

test("a lock in a folder that is not there is an error, not a wait", () => {
  expect(() => exclusively(join(temporaryFolder(), "none", "lock"), () => 1)).toThrow("ENOENT");
});
