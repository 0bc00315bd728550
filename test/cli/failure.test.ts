// What an engine that failed says is turned into what people can use.
import { expect, test } from "vitest";
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { errorLines, explainFailure, Locked, lockedBy, NoSuchStack } from "../../cli/failure.ts";
import { Problem } from "../../cli/problem.ts";

test("a stack that was never made", () => {
  const problem = explainFailure({ stderr: "error: no stack named 'staging' found" }, "staging");
  expect(problem).toBeInstanceOf(NoSuchStack);
  expect(problem.message).toBe("staging: this stack has not been made yet.");
});

const cancel = "Is its owner dead? When you know that it is: pulumi cancel --stack staging";
const lockedText = (by: string): string =>
  "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
  `  s3://bucket/.pulumi/locks/1.json: created by ${by} at 2026-01-01T00:00:00Z`;
const { pid: dead } = spawnSync(process.execPath, ["--version"]);

test.each([
  ["on another machine", "deploy@web (pid 12)"],
  ["that is not here any more", `deploy@${hostname()} (pid ${dead})`],
])("a lock, who holds it, and what to do when its owner is dead: one %s", (_, by) => {
  const problem = explainFailure(new Error(`code: 1\n stderr: ${lockedText(by)}`), "staging");
  expect(problem).toBeInstanceOf(Locked);
  expect(problem.message).toBe(
    `staging: another update is at work, of ${by}. Wait for it to end, then try again. ${cancel}`,
  );
});

test("a lock whose owner is alive here is not to be taken away", () => {
  const by = `deploy@${hostname()} (pid ${process.pid})`;
  expect(explainFailure({ stderr: lockedText(by) }, "staging").message).toBe(
    `staging: another update is at work, of ${by}. Wait for it to end, then try again.`,
  );
});

test("a service that says nothing of who updates", () => {
  const stderr = "error: [409] Conflict: Another update is currently in progress.";
  const problem = explainFailure({ stderr }, "staging");
  expect(problem).toBeInstanceOf(Locked);
  expect(problem.message).toBe(`staging: another update is at work. Wait for it to end, then try again. ${cancel}`);
});

test.each([
  ["somebody", "staging: another update is at work, of x. Wait for it to end, then try again."],
  ["unnamed", `staging: another update is at work, of x. Wait for it to end, then try again. ${cancel}`],
  [
    "elsewhere",
    "staging: an update of x holds the lock. Wait for it to end, then try again. Is that machine gone? To see: switchback unlock",
  ],
  ["dead", undefined],
  ["nobody", undefined],
  ["unknown", undefined],
] as const)("before the engine is asked, a lock that is seen: %s", (state, message) => {
  expect(lockedBy("staging", { state, by: "x" })?.message).toBe(message);
});

test("a passphrase that is missing or wrong", () => {
  expect(explainFailure({ stderr: "error: could not create stack: incorrect passphrase" }, "staging").message).toBe(
    "staging: the passphrase is missing or not the one its secrets were made with. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  );
});

test("anything else by its error lines, each once", () => {
  const text =
    "code: 255\n stdout: Updating\n    error: preview failed\n stderr: error: something is wrong\nerror: something is wrong\n err?: stack\n    at x";
  expect(errorLines(text)).toEqual(["something is wrong"]);
  expect(explainFailure(new Error(text), "staging").message).toBe("something is wrong");
});

test("an engine that says nothing", () => {
  expect(explainFailure({}, "staging").message).toBe("staging: the engine failed and did not say why.");
});

test("a problem stays what it is", () => {
  const problem = new Problem("of ours", 2);
  expect(explainFailure(problem, "staging")).toBe(problem);
});
