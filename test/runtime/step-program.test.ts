/** The program of a step, as Pulumi starts it: what comes out where. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { enterStore, readMark } from "../../runtime/store.ts";
import { makeProject, temporaryFolder } from "../support/context.ts";
import { ledgerOf, logOf, runStep } from "../support/step.ts";

test("the receipt, and nothing else, is on standard output; words for people are on standard error", async () => {
  const project = makeProject({
    greet: `async (args, context) => { context.tell("hello"); context.log("whisper"); return { ...args, ...context.needs }; }`,
  });
  const ended = await runStep(project, { action: "./greet", args: { a: 1 } }, { needs: { B: [2] } });
  expect(ended).toEqual({ code: 0, stdout: '{"a":1,"B":[2]}\n', stderr: "hello\n" });
  expect(logOf(project)).toEqual(["hello", "whisper"]);
});

test("an action of the package is run from a project's folder, too", async () => {
  const project = makeProject();
  const args = { path: "store", megabytes: 1 };
  const { code, stdout } = await runStep(project, { action: "actions/checks/free-space", args });
  expect([code, (JSON.parse(stdout) as { verdict: string }).verdict]).toEqual([0, "pass"]);
});

test("a refusal is one message and the log's place, with exit code 1 and no receipt", async () => {
  const project = makeProject({ fail: `() => { throw new Refusal("the port is taken"); }` });
  expect(await runStep(project, { action: "./fail" })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: "the port is taken\n  log: store/evidence/2-abcdef/step.log\n",
  });
});

test("a mistake of ours is told in one line as well; its stack trace is in the log", async () => {
  const project = makeProject({ fail: `() => { throw new TypeError("undefined is no function"); }` });
  const { stderr } = await runStep(project, { action: "./fail" });
  expect(stderr).toBe("undefined is no function\n  log: store/evidence/2-abcdef/step.log\n");
  const [first, second] = logOf(project);
  expect([first, second?.includes("fail.ts")]).toEqual(["TypeError: undefined is no function", true]);
});

test("without a specification one is told who runs this", () => {
  const args = ["-e", "import('switchback/step')"];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: makeProject(), input: "hello" });
  expect([status, stdout.toString(), stderr.toString()]).toEqual([
    ...[1, ""],
    "switchback/step: a step's specification is expected on standard input. Pulumi runs this, not you.\n",
  ]);
});

test.each(["../x", "./../x", "/etc/x", "a//b"])("the unsafe action %s is refused", async (action) => {
  expect(await runStep(makeProject(), { action })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: `"${action}" does not name an action\n`,
  });
});

test("an unknown action is refused", async () => {
  const { code, stderr } = await runStep(makeProject(), { action: "actions/unknown" });
  expect([code, stderr]).toEqual([1, "actions/unknown: there is no such action\n"]);
});

test("a store that cannot be written to is one line, not a stack trace", async () => {
  const project = makeProject();
  writeFileSync(join(project, "store"), "a file in the way");
  const { code, stdout, stderr } = await runStep(project, { action: "actions/checks/free-space" });
  expect([code, stdout, stderr]).toEqual([
    1,
    "",
    "the store store cannot be used: ENOTDIR: not a directory, open 'store/store.json'. Mend it, or name another one in switchback:environment.store\n",
  ]);
});

test("a receipt of more than 8 KiB is a failure, not a step that is done", async () => {
  const project = makeProject({ big: `async () => ({ words: "x".repeat(8192) })` });
  const message = "step: its receipt has 8204 bytes, the limit is 8192";
  expect(await runStep(project, { action: "./big" })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: `${message}\n  log: store/evidence/2-abcdef/step.log\n`,
  });
  expect(ledgerOf(project)).toEqual([
    { number: 1, kind: "failure", rollout: "2-abcdef", release: "v1", step: "step", message },
  ]);
});

test("no line that people see is longer than the command provider can bear", async () => {
  const long = `"x".repeat(1_000_000)`;
  const project = makeProject({
    tell: `async (_, context) => { context.tell(${long}); throw new Refusal("first\\n" + ${long}); }`,
    run: `(_, context) => context.exec([process.execPath, "-e", 'console.error(${long}); process.exitCode = 1'], { cwd: "." })`,
  });
  for (const action of ["./tell", "./run"]) {
    const { code, stderr } = await runStep(project, { action });
    expect(code).toBe(1);
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBe(
      2000 + " ... (1000000 characters)".length + (action === "./run" ? 2 : 0),
    );
  }
}, 15_000);

test("an action that waits for nothing at all is ended by its limit, not taken for done", async () => {
  const project = makeProject({ wait: `() => new Promise(() => {})` });
  expect(await runStep(project, { action: "./wait" }, { timeoutSeconds: 0.2 })).toEqual({
    ...{ code: 1, stdout: "" },
    stderr: "took longer than its limit of 0.2 s and was ended\n  log: store/evidence/2-abcdef/step.log\n",
  });
}, 15_000);

test("a step that opens a rollout is handed its last receipt, takes the lease and is logged apart", async () => {
  const project = makeProject();
  const none = { after: "none", rollbackFrom: "none", again: "none", restore: "none", leaveStore: "none" };
  const spec = { action: "actions/rollout/open", args: { commit: "c", configuration: "d", ...none }, opens: true };
  const { stdout, stderr } = await runStep(project, spec, { rollout: "", previous: { number: 6, id: "6-aaaaaa" } });
  const { number, id, store } = JSON.parse(stdout) as { number: number; id: string; store: string };
  expect(readMark(join(project, "store"))?.id).toBe(store);
  expect([number, id, stderr]).toEqual([7, /^7-[0-9a-f]{6}$/.exec(id)?.[0], `rollout ${id}: v1\n`]);
  const lease = JSON.parse(readFileSync(join(project, "store", "lease.json"), "utf8")) as { rollout: string };
  expect(lease.rollout).toBe(id);
  expect(ledgerOf(project).map(({ rollout }) => rollout)).toEqual([id]);
  expect(logOf(project, "opening")).toEqual([`rollout ${id}: v1`]);
});

test("standard error of a step that nobody listens to is no reason to stop", () => {
  const project = makeProject({
    talk: `async (_, context) => { for (let i = 0; i < 100; i++) context.tell("x"); return {}; }`,
  });
  const store = temporaryFolder();
  enterStore(store, { id: undefined, leaving: "none" });
  const command = `"${process.execPath}" -e "import('switchback/step')" 2>&-`;
  const input = JSON.stringify({ step: "step", release: "v1", store, action: "./talk", args: {} });
  const { status, stdout } = spawnSync("sh", ["-c", command], {
    cwd: project,
    input,
    env: { ...process.env, SWITCHBACK_ROLLOUT: "1-a" },
  });
  expect([status, stdout.toString()]).toEqual([0, "{}\n"]);
});
