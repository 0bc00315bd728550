/** Proves what a step's own process does when its surroundings fail it: disks, clocks, machines, misbehaving programs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { leaseSilenceSeconds } from "../../runtime/heartbeat.ts";
import { hold, type Lease, readLease } from "../../runtime/lease.ts";
import { verify } from "../../runtime/ledger.ts";
import { isAlive, type Owner, ownerOf, thisProcess } from "../../runtime/owner.ts";
import { enterStore } from "../../runtime/store.ts";
import { makeProject, until } from "../support/context.ts";
import { makeShop } from "../support/database.ts";
import { TestRepository } from "../support/repository.ts";
import { canMount, SmallDisk } from "../support/small-disk.ts";
import { ledgerOf, logOf, runStep } from "../support/step.ts";

const note = `async () => { appendFileSync("did", "x"); return {}; }`;
const none = { after: "none", rollbackFrom: "none", again: "none", restore: "none", leaveStore: "none" };
const opening = {
  action: "actions/rollout/open",
  step: "open",
  args: { commit: "c", configuration: "d", ...none },
  opens: true,
};

function did(project: string): string {
  return existsSync(join(project, "did")) ? readFileSync(join(project, "did"), "utf8") : "";
}

test("a store that is lost between two steps: nothing is done or made in its place, and with it the next run goes on", async () => {
  const project = makeProject({ note });
  const store = join(project, "store");
  expect((await runStep(project, { action: "./note", step: "one" })).code).toBe(0);
  renameSync(store, `${store}.away`);
  // A mount point without its mount.
  mkdirSync(store);
  expect(await runStep(project, { action: "./note", step: "two" }, { marked: false })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: "the store store is not there: is it mounted? Nothing was changed. Then: switchback up\n",
  });
  expect([readdirSync(store), did(project)]).toEqual([[], "x"]);
  renameSync(`${store}.away`, store);
  expect((await runStep(project, { action: "./note", step: "two" })).code).toBe(0);
  expect([did(project), ledgerOf(project).map(({ step }) => step)]).toEqual(["xx", ["one", "two"]]);
});

describe.skipIf(!canMount)("a store whose disk becomes full (needs root, to mount a small one)", () => {
  function onSmallDisk(project: string, kilobytes: number): SmallDisk {
    const disk = new SmallDisk(join(project, "store"), kilobytes);
    onTestFinished(() => {
      disk.remove();
    });
    enterStore(disk.folder, { id: undefined, leaving: "none" });
    return disk;
  }

  test("in the middle of a step: it fails in words, and done again it is whole", async () => {
    const fill = `async () => {
      appendFileSync("did", "x");
      const { statfsSync } = await import("node:fs");
      if (existsSync("full")) return {};
      const { bavail, bsize } = statfsSync("store");
      writeFileSync("store/fill", Buffer.alloc(bavail * bsize));
      return {};
    }`;
    const project = makeProject({ fill });
    const disk = onSmallDisk(project, 512);
    const { code, stdout, stderr } = await runStep(project, { action: "./fill" });
    const path = join(disk.folder, "ledger.jsonl");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      `ENOSPC: no space left on device, write ${path}. Make room there, then run the same command again`,
    );
    expect(stderr).not.toMatch(/^\s+at /m);
    writeFileSync(join(project, "full"), "");
    disk.empty();
    expect((await runStep(project, { action: "./fill" })).code).toBe(0);
    expect([did(project), verify(path), ledgerOf(project).length]).toEqual(["xx", [], 1]);
    const left = readdirSync(disk.folder, { recursive: true }).map(String);
    expect(left.filter((name) => /\.tmp$|\.lock$/.test(name))).toEqual([]);
  });

  test.each(["artifacts", "backups"])("by its %s: no half of one is left, and with room it is made", async (folder) => {
    const project = makeProject();
    const disk = onSmallDisk(project, 2048);
    const repository = new TestRepository();
    const noise = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index * 7919) >> 5));
    const commit = repository.commit("First", { "noise.bin": noise });
    const spec =
      folder === "artifacts"
        ? { action: "actions/artifact/build", args: { repository: repository.path, commit, commands: [] } }
        : { action: "actions/databases/sqlite/backup", args: { database: makeShop(), serving: "v1" } };
    disk.fill(12);
    const full = await runStep(project, spec);
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/ENOSPC: no space left on device|database or disk is full/);
    expect(full.stderr).not.toMatch(/^\s+at /m);
    const inside = (): string[] =>
      existsSync(join(disk.folder, folder)) ? readdirSync(join(disk.folder, folder)) : [];
    expect(inside()).toEqual([]);
    disk.empty();
    expect((await runStep(project, spec)).code).toBe(0);
    expect(inside()).toHaveLength(1);
  });
});

/** Records of somebody else's step in the middle of another rollout. */
function leaveBehind(project: string, owner: Owner, heard: number): Lease {
  const store = join(project, "store");
  const left = { rollout: "1-left", release: "v1", step: "step", engine: owner, opens: true };
  enterStore(store, { id: undefined, leaving: "none" });
  hold(store, left);
  const lease: Lease = {
    ...(readLease(store) ?? hold(store, left)),
    ...{ owner, heartbeat: new Date(heard).toISOString() },
    expires: new Date(heard + leaseSilenceSeconds * 1000).toISOString(),
  };
  writeFileSync(inStore.lease(store), JSON.stringify(lease));
  const record = inStore.step(store, "step");
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify({ key: "k", rollout: "1-left", owner, began: "", state: "running" }));
  utimesSync(record, new Date(heard), new Date(heard));
  return lease;
}

/** Opens a rollout and does a step of it; what was left behind is not waited for. */
async function goOn(project: string): Promise<Lease> {
  const opened = await runStep(project, opening, { rollout: "" });
  expect([opened.code, opened.stderr]).toEqual([0, expect.stringMatching(/^rollout 1-\w{6}: v1\n$/)]);
  const { id } = JSON.parse(opened.stdout) as { id: string };
  const done = await runStep(project, { action: "./note" }, { rollout: id });
  expect([done.code, done.stderr, did(project)]).toEqual([0, "", "x"]);
  const lease = readLease(join(project, "store"));
  if (lease?.rollout !== id) throw new Error("the lease is another's");
  return lease;
}

const hour = 3_600_000;
test.each([
  ["an hour ahead", hour],
  ["years ahead", 20_000 * hour],
  ["years behind", -200_000 * hour],
])("a machine that died with its clock %s is not waited for, and fencing numbers still grow", async (_, jump) => {
  const project = makeProject({ note });
  const { fencing } = leaveBehind(project, { ...thisProcess(), machine: "elsewhere" }, Date.now() + jump);
  expect((await goOn(project)).fencing).toBeGreaterThan(fencing);
});

// Which process is whose is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("processes (need /proc)", () => {
  test("a restart of the machine: records outlive it, and nobody waits for a process that only has the number of a dead one", async () => {
    const project = makeProject({ note });
    const [ticks = ""] = thisProcess().began.split(" ");
    leaveBehind(project, { ...thisProcess(), began: `${ticks} 7e57ab1e-0000-4000-8000-000000000000` }, Date.now());
    await goOn(project);
  });

  test("a program that ignores SIGTERM: it is ended with all that it started, and the next run goes on", async () => {
    const stubborn = `process.on("SIGTERM", () => {}); require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000)`;
    const run = `async (_, context) => {
      if (existsSync("pid")) return { did: "it" };
      return context.exec([process.execPath, "-e", ${JSON.stringify(stubborn)}], { cwd: "." });
    }`;
    const project = makeProject({ run });
    const { code, stderr } = await runStep(project, { action: "./run" }, { timeoutSeconds: 1 });
    expect([code, stderr]).toEqual([
      ...[1, "took longer than its limit of 1 s and was ended\n  log: store/evidence/2-abcdef/step.log\n"],
    ]);
    const pid = Number(readFileSync(join(project, "pid"), "utf8"));
    await until("its end", () => ["", "ended"].includes(ownerOf(pid).began));
    expect((await runStep(project, { action: "./run" })).stdout).toBe('{"did":"it"}\n');
  }, 20_000);

  test("100 MB of output: the step ends well, and its log stays small", async () => {
    const much = `const lines = "x".repeat(99).concat("\\n").repeat(10_000); let turn = 0;
      const write = () => { while (turn++ < 100) if (!process.stdout.write(lines)) return process.stdout.once("drain", write); };
      write();`;
    const run = `async (_, context) => ({ characters: (await context.exec([process.execPath, "-e", ${JSON.stringify(much)}], { cwd: "." })).length })`;
    const project = makeProject({ run });
    const { code, stdout } = await runStep(project, { action: "./run" });
    expect([code, stdout]).toEqual([0, '{"characters":9999999}\n']);
    const log = logOf(project);
    expect(log.find((line) => line.includes("more lines"))).toMatch(
      /^\.\.\. 9\d{5} more lines, too many to keep\. The last ones:$/,
    );
    expect(log.join("\n").length).toBeLessThan(7_000_000);
  }, 30_000);

  test("a daemon that a program leaves behind is not waited for, and lives", async () => {
    const daemon = `const { pid } = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit", detached: true });
      console.log(pid); setTimeout(() => process.exit(), 50)`;
    const run = `async (_, context) => ({ pid: Number(await context.exec([process.execPath, "-e", ${JSON.stringify(daemon)}], { cwd: "." })) })`;
    const project = makeProject({ run });
    const { code, stdout } = await runStep(project, { action: "./run" });
    const { pid } = JSON.parse(stdout) as { pid: number };
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    expect([code, isAlive(ownerOf(pid))]).toEqual([0, true]);
    expect(logOf(project).at(-1)).toBe("it has left a program behind that holds its output, which is not waited for");
  }, 20_000);
});
