/** Whether the process that owns something still runs. */
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { isAlive, isSame, isStopped, nameOf, type Owner, ownerOf, thisProcess } from "../../runtime/owner.ts";
import { root, temporaryFolder, until } from "../support/context.ts";

test("this process is named, and alive", () => {
  const owner = thisProcess();
  expect({ ...owner, began: "", within: "" }).toEqual({
    ...{ machine: hostname(), user: userInfo().username, pid: process.pid, began: "", within: "" },
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

test("nor of a process on another machine with this one's name, or in a container of its own", () => {
  const owner: Owner = { ...thisProcess(), within: "0123456789abcdef" };
  expect([isAlive(owner), isStopped(owner)]).toEqual([undefined, false]);
  expect(isSame(owner, { ...owner, within: "fedcba9876543210" })).toBe(false);
});

test("a record that says nothing of that is read as before", () => {
  const { within, ...owner } = thisProcess();
  expect([isAlive(owner), isSame(owner, { ...owner, within: within ?? "" })]).toEqual([true, true]);
  expect(isAlive({ ...owner, began: "12345" })).toBe(false);
  expect(isAlive({ ...owner, within: "" })).toBe(true);
});

const onProc = test.runIf(existsSync("/proc/self/stat"));

onProc("a later process with the same number is not the owner", () => {
  expect(isAlive({ ...thisProcess(), began: "12345" })).toBe(false);
});

onProc("a process of the machine's last run is not alive, though its number and its beginning are there again", () => {
  const [, ticks = "", boot = ""] = /^(\d+) (\S+)$/.exec(thisProcess().began) ?? [];
  expect(boot).toBe(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const before: Owner = { ...thisProcess(), began: `${ticks} 0b4f9c1e-0000-4000-8000-000000000000` };
  expect([isAlive(before), isStopped(before), isSame(before, thisProcess())]).toEqual([false, false, false]);
});

const canUnshare = spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;

test.runIf(canUnshare)(
  "a process in another PID namespace under the same host name cannot be told (needs root)",
  async () => {
    const code = `import { isAlive, thisProcess } from ${JSON.stringify(`${root}runtime/owner.ts`)};
process.stdin.once("data", (text) => { console.log(JSON.stringify([isAlive(JSON.parse(text)) ?? null])); process.exit(); });
console.log(JSON.stringify(thisProcess()));`;
    const argv = ["--pid", "--fork", "--mount-proc", process.execPath, "--input-type=module", "-e", code];
    const child = spawn("unshare", argv, { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [inside] = (await once(child.stdout, "data")) as [Buffer];
    const owner = JSON.parse(inside.toString()) as Owner;
    expect([owner.machine, owner.pid < process.pid, isAlive(owner)]).toEqual([hostname(), true, undefined]);
    // Which is at work by all that can be known, and ends when it has answered the same question about this process.
    child.stdin.write(JSON.stringify(thisProcess()));
    const [answer] = (await once(child.stdout, "data")) as [Buffer];
    expect(answer.toString()).toBe("[null]\n");
  },
);

onProc("a process that waits to be reaped is not alive", async () => {
  // sh starts a child, and turns into a program that never asks after it.
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [text] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(text.toString());
  const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const owner = ownerOf(pid);
  expect(isAlive(owner)).toBe(true);
  await until(
    "sh to become the other program",
    () => !readFileSync(`/proc/${parent.pid ?? 0}/cmdline`, "utf8").includes("sh\0"),
  );
  process.kill(pid, "SIGKILL");
  await until("the end of the child", () => fields()[0] === "Z");
  expect(isAlive(owner)).toBe(false);
});

onProc("a process that was stopped lives, and is stopped until it goes on", async () => {
  const child = spawn("sleep", ["60"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const owner = ownerOf(child.pid ?? 0);
  expect([isAlive(owner), isStopped(owner)]).toEqual([true, false]);
  child.kill("SIGSTOP");
  await until("it is stopped", () => isStopped(owner));
  expect(isAlive(owner)).toBe(true);
  child.kill("SIGCONT");
  await until("it goes on", () => !isStopped(owner));
  expect(isStopped({ ...owner, machine: "elsewhere" })).toBe(false);
});

const print = `import { startedBy } from ${JSON.stringify(`${root}runtime/owner.ts`)}; console.log(JSON.stringify(startedBy()))`;

onProc.for([
  ["by itself", []],
  ["through a shell", ["sh", "-c", '"$@"; exit $?', "sh"]],
] as const)("who has started a step %s is known", async ([, shell]) => {
  const [file = "", ...argv] = [...shell, process.execPath, "--input-type=module", "-e", print];
  const child = spawn(file, argv, { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  expect(isSame(JSON.parse(text.toString()) as Owner, thisProcess())).toBe(true);
});

/** Shells under the names of the CLI and its plugin, one within the other, and a step within both. */
function startUnderCli(before: string): ChildProcessByStdio<null, Readable, null> {
  const folder = temporaryFolder();
  const [cli, plugin] = [join(folder, "pulumi"), join(folder, "pulumi-resource-command")] as const;
  for (const path of [cli, plugin]) symlinkSync("/bin/sh", path);
  const then = ["-c", '"$@"; exit $?', "sh"];
  const step = ["/bin/sh", "-c", `${before} "$@"; exit $?`, "sh", process.execPath, "--input-type=module", "-e", print];
  return spawn(cli, [...then, plugin, ...then, ...step], { stdio: ["ignore", "pipe", "inherit"] });
}

onProc("a step that a plugin has started belongs to the CLI above it", async () => {
  const cli = startUnderCli("");
  const owner = ownerOf(cli.pid ?? 0);
  const [text] = (await once(cli.stdout, "data")) as [Buffer];
  expect(isSame(JSON.parse(text.toString()) as Owner, owner)).toBe(true);
});

onProc("a step whose engine was killed before it began belongs to nobody who lives", async () => {
  const step = [
    "-c",
    'echo begun; sleep 0.3; "$@"; exit $?',
    "sh",
    process.execPath,
    "--input-type=module",
    "-e",
    print,
  ];
  const engine = spawn("/bin/sh", ["-c", '"$@"; exit $?', "sh", "/bin/sh", ...step], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(engine.stdout, "data");
  engine.kill("SIGKILL");
  const [text] = (await once(engine.stdout, "data")) as [Buffer];
  expect(isAlive(JSON.parse(text.toString()) as Owner)).toBe(false);
});

onProc("a step whose CLI was killed before it began belongs to nobody who lives, though the plugin does", async () => {
  const cli = startUnderCli("echo begun; sleep 0.3;");
  await once(cli.stdout, "data");
  cli.kill("SIGKILL");
  const [text] = (await once(cli.stdout, "data")) as [Buffer];
  expect(isAlive(JSON.parse(text.toString()) as Owner)).toBe(false);
});

test.skipIf(process.getuid?.() !== 0)("a user without a name has a number (needs root)", async () => {
  const code = `process.setuid(54321); import(${JSON.stringify(`${root}runtime/owner.ts`)}).then((owner) => console.log(owner.thisProcess().user))`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  expect(text.toString()).toBe("uid-54321\n");
});
