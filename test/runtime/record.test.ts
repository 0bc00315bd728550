/** The record of a step's newest run: who is at it, and what came out. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { append } from "../../runtime/ledger.ts";
import { nameOf, type Owner, thisProcess } from "../../runtime/owner.ts";
import { claim, ownersAtWork, readRecord, type StepRecord, touch } from "../../runtime/record.ts";
import type { Spec } from "../../runtime/spec.ts";
import { inStore } from "../../release/store.ts";
import { root, temporaryFolder, until } from "../support/context.ts";

const specIn = (store: string): Spec => ({ step: "build", release: "v1", action: "a", args: {}, store });

/** Claims in this process; what it claimed is let go when the test is over. */
async function claimed(store: string, key = "key", rollout = "2-abc", told: string[] = []) {
  const result = await claim(specIn(store), key, rollout, (line) => told.push(line));
  if ("end" in result)
    onTestFinished(() => {
      result.end({ message: "over" });
    });
  return result;
}

function writeRecord(store: string, differing: Partial<StepRecord>, age = 0): string {
  const path = inStore.step(store, "build");
  mkdirSync(dirname(path), { recursive: true });
  const record = { key: "key", rollout: "2-abc", owner: thisProcess(), began: "", state: "running", ...differing };
  writeFileSync(path, JSON.stringify(record));
  const then = new Date(Date.now() - age * 1000);
  utimesSync(path, then, then);
  return path;
}

test("a run is written down when it begins and when it ends", async () => {
  const store = temporaryFolder();
  const path = inStore.step(store, "build");
  const run = await claimed(store);
  const { began, ...running } = readRecord(path) ?? { began: "" };
  expect(running).toEqual({ key: "key", rollout: "2-abc", owner: thisProcess(), state: "running" });
  expect(Date.now() - Date.parse(began)).toBeLessThan(10_000);
  if ("end" in run) run.end({ receipt: { id: 1 } });
  expect(readRecord(path)).toEqual({ ...running, began, state: "done", receipt: { id: 1 } });
});

test("the very same step gets the receipt it has; another key, or a failure, runs", async () => {
  const store = temporaryFolder();
  writeRecord(store, { state: "done", receipt: { id: 1 } });
  expect(await claimed(store)).toEqual({ receipt: { id: 1 } });
  expect(await claimed(store, "other")).toHaveProperty("end");
  writeRecord(store, { state: "failed", message: "no" });
  expect(await claimed(store)).toHaveProperty("end");
});

test("the step that opens a rollout never gets an old receipt", async () => {
  const store = temporaryFolder();
  writeRecord(store, { state: "done", receipt: { id: 1 } });
  expect(await claimed(store, "key", "")).toHaveProperty("end");
});

test("an owner at work is waited for, and its receipt is used", async () => {
  const store = temporaryFolder();
  const told: string[] = [];
  const first = await claimed(store);
  const second = claimed(store, "key", "2-abc", told);
  await until("the waiting", () => told.length === 1);
  expect(told).toEqual([`waiting for an earlier run of this step by ${nameOf(thisProcess())}`]);
  if ("end" in first) first.end({ receipt: { id: 7 } });
  expect(await second).toEqual({ receipt: { id: 7 } });
});

test("a dead owner, and one elsewhere that was silent for long, are not waited for", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  const store = temporaryFolder();
  writeRecord(store, { owner: { ...thisProcess(), pid: child.pid ?? 0 } });
  expect(await claimed(store)).toMatchObject({ tookOver: false });
  const elsewhere: Owner = { ...thisProcess(), machine: "elsewhere" };
  writeRecord(store, { owner: elsewhere }, 31);
  expect(await claimed(store, "other")).toMatchObject({ tookOver: true });
  // Touched by a clock that was an hour ahead.
  writeRecord(store, { owner: elsewhere }, -3600);
  expect(await claimed(store, "third")).toMatchObject({ tookOver: true });
});

test("a run that was killed between its entry in the ledger and the end of its record has been done", async () => {
  const store = temporaryFolder();
  const dead = { ...thisProcess(), pid: spawnSync(process.execPath, ["--version"]).pid };
  const began = "2026-11-21T10:00:00.000Z";
  const path = writeRecord(store, { owner: dead, began });
  const done = { kind: "step", rollout: "2-abc", release: "v1", step: "build", action: "a", fencing: 1 } as const;
  const entries = [
    { ...done, began: "2026-11-21T09:00:00.000Z", seconds: 1, by: nameOf(dead), receipt: { id: "an earlier run's" } },
    { ...done, began, seconds: 1, by: "somebody else", receipt: { id: "another's" } },
    { ...done, kind: "failure", began, seconds: 1, by: nameOf(dead), message: "no" },
  ] as const;
  for (const entry of entries) append(inStore.ledger(store), entry);
  expect(await claimed(store)).toHaveProperty("end");
  writeRecord(store, { owner: dead, began });
  append(inStore.ledger(store), { ...done, began, seconds: 1, by: nameOf(dead), receipt: { id: 1 } });
  expect(await claimed(store)).toEqual({ receipt: { id: 1 } });
  expect(readRecord(path)).toMatchObject({ state: "done", owner: dead, receipt: { id: 1 } });
});

test("an owner elsewhere that was heard of lately is waited for", async () => {
  const store = temporaryFolder();
  const told: string[] = [];
  const path = writeRecord(store, { owner: { ...thisProcess(), machine: "elsewhere", user: "kim", pid: 7 } });
  const waiting = claimed(store, "key", "2-abc", told);
  await until("the waiting", () => told.length === 1);
  expect(told).toEqual(["waiting for an earlier run of this step by kim@elsewhere (pid 7)"]);
  utimesSync(path, new Date(0), new Date(0));
  expect(await waiting).toHaveProperty("end");
});

test("a record that nobody can read is no record", async () => {
  const store = temporaryFolder();
  const path = writeRecord(store, {});
  writeFileSync(path, "{");
  expect(readRecord(path)).toBeUndefined();
  expect(await claimed(store)).toHaveProperty("end");
});

test("of processes that claim at the same time one acts, and the others get its receipt", async () => {
  const store = temporaryFolder();
  const code = `
import { appendFileSync } from "node:fs";
import { claim } from ${JSON.stringify(`${root}runtime/record.ts`)};
const result = await claim(${JSON.stringify(specIn(store))}, "key", "2-abc", () => {});
if ("end" in result) {
  appendFileSync(${JSON.stringify(`${store}/acted`)}, "x");
  result.end({ receipt: { id: 1 } });
}
process.exit("end" in result || result.receipt.id === 1 ? 0 : 1);`;
  const children = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" }),
  );
  const codes = await Promise.all(children.map((child) => once(child, "exit")));
  expect(codes.map(([code]) => code as number)).toEqual([0, 0, 0, 0, 0]);
  expect(readFileSync(`${store}/acted`, "utf8")).toBe("x");
}, 20_000);

test("a step is said to be at work for its own rollout only", () => {
  const store = temporaryFolder();
  const path = writeRecord(store, {}, 60);
  const age = (): number => Math.round((Date.now() - statSync(path).mtimeMs) / 1000);
  touch(store, "build", "3-def");
  touch(store, "none", "2-abc");
  expect(age()).toBeGreaterThanOrEqual(60);
  touch(store, "build", "2-abc");
  expect(age()).toBe(0);
});

test("who slept until another has taken the step leaves that one's record alone", async () => {
  const store = temporaryFolder();
  const run = await claimed(store);
  const path = writeRecord(store, { rollout: "3-def", owner: { ...thisProcess(), machine: "elsewhere" } });
  const theirs = readFileSync(path, "utf8");
  if ("end" in run) run.end({ receipt: { id: 1 } });
  expect(readFileSync(path, "utf8")).toBe(theirs);
});

test("at work on a rollout is who lives here, and who was heard of lately where nobody can look", () => {
  const store = temporaryFolder();
  const unseen: Owner = { ...thisProcess(), within: "0123456789abcdef" };
  writeRecord(store, {}, 3600);
  expect(ownersAtWork(store, "2-abc")).toEqual([thisProcess()]);
  expect(ownersAtWork(store, "3-def")).toEqual([]);
  writeRecord(store, { owner: unseen }, 29);
  expect(ownersAtWork(store, "2-abc")).toEqual([unseen]);
  writeRecord(store, { owner: unseen }, 31);
  expect(ownersAtWork(store, "2-abc")).toEqual([]);
});
