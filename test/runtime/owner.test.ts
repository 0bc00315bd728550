/** Whether the process that owns something still runs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { isAlive, nameOf, type Owner, thisProcess } from "../../runtime/owner.ts";
import { until } from "../support/context.ts";

test("this process is named, and alive", () => {
  const owner = thisProcess();
  expect({ ...owner, began: "" }).toEqual({
    ...{ machine: hostname(), user: userInfo().username, pid: process.pid, began: "" },
  });
  expect(isAlive(owner)).toBe(true);
  expect(nameOf({ machine: "web-1", user: "kim", pid: 7, began: "" })).toBe("kim@web-1 (pid 7)");
});

test("a process that has ended is not alive", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  expect(isAlive({ ...thisProcess(), pid: child.pid ?? 0 })).toBe(false);
});

test("of another machine nothing can be said", () => {
  expect(isAlive({ ...thisProcess(), machine: "elsewhere" })).toBeUndefined();
});

const onProc = test.runIf(existsSync("/proc/self/stat"));

onProc("a later process with the same number is not the owner", () => {
  expect(isAlive({ ...thisProcess(), began: "12345" })).toBe(false);
});

onProc("a process that waits to be reaped is not alive", async () => {
  // sh starts a child, and turns into a program that never asks after it.
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [text] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(text.toString());
  const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const owner: Owner = { ...thisProcess(), pid, began: fields()[19] ?? "" };
  expect(isAlive(owner)).toBe(true);
  await until(
    "sh to become the other program",
    () => !readFileSync(`/proc/${parent.pid ?? 0}/cmdline`, "utf8").includes("sh\0"),
  );
  process.kill(pid, "SIGKILL");
  await until("the end of the child", () => fields()[0] === "Z");
  expect(isAlive(owner)).toBe(false);
});
