// What an engine that failed says is turned into what people can use.
import { expect, test } from "vitest";
import { errorLines, explainFailure, Locked, NoSuchStack } from "../../cli/failure.ts";
import { Problem } from "../../cli/problem.ts";

test("a stack that was never made", () => {
  const problem = explainFailure({ stderr: "error: no stack named 'staging' found" }, "staging");
  expect(problem).toBeInstanceOf(NoSuchStack);
  expect(problem.message).toBe("staging: this stack has not been made yet.");
});

test("a lock, and who holds it", () => {
  const stderr =
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
    "  file:///x/locks/1.json: created by deploy@web (pid 12) at 2026-01-01T00:00:00Z";
  const problem = explainFailure(new Error(`code: 1\n stderr: ${stderr}`), "staging");
  expect(problem).toBeInstanceOf(Locked);
  expect(problem.message).toBe(
    "staging: another update is at work, of deploy@web (pid 12). Wait for it to end, then try again.",
  );
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
