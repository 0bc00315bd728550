/** Proves that what a test announces happens to the right processes, and to nobody else. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { disturb } from "../../testing/processes.ts";
import type { Disturbance } from "../../testing/script.ts";

/** A process with two children, of which it tells the numbers. */
async function startFamily(): Promise<{ root: number; step: number; spared: number }> {
  const child = spawn("/bin/sh", ["-c", "sleep 60 & step=$!; sleep 61 & echo $step $!; wait"]);
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  const [step = 0, spared = 0] = text.toString().split(" ").map(Number);
  // Both have become what they are to be.
  await pause(100);
  const root = child.pid ?? 0;
  onTestFinished(() => {
    for (const pid of [root, step, spared]) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  return { root, step, spared };
}

/** One that has ended and waits for its parent to hear of it has no command line. */
function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, "utf8") !== "";
}

async function left(what: Disturbance): Promise<string[]> {
  const { root, step, spared } = await startFamily();
  await disturb({ pid: step, disturb: what, file: "" }, root, /sleep\0?61/);
  await pause(200);
  return Object.entries({ root, step, spared }).flatMap(([name, pid]) => (isAlive(pid) ? [name] : []));
}

// Who has started whom is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("needs /proc", () => {
  test("the step alone is killed", async () => {
    expect(await left("step")).toEqual(["root", "spared"]);
  });

  test("the engine alone is killed", async () => {
    expect(await left("engine")).toEqual(["step", "spared"]);
  });

  test("everything is killed but what is to be spared", async () => {
    expect(await left("everything")).toEqual(["spared"]);
  });
});
