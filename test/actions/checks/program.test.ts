/** How real programs end: by themselves with any code, by time, or not begun at all. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { lastWords, nameOf, printedBy, runToEnd } from "../../../actions/checks/program.ts";
import { makeContext, temporaryFolder } from "../../support/context.ts";
import { script } from "../../support/target.ts";

const run = (argv: readonly string[], differing: object = {}, signal?: AbortSignal) => {
  const { context, logged } = makeContext(signal ? { signal } : {});
  return { logged, outcome: runToEnd(argv, { cwd: temporaryFolder(), ...differing }, context) };
};

test("code and both streams are given back, and all of it is in the log", async () => {
  const { outcome, logged } = run(
    script("console.log('one'); console.error('two'); process.stdout.write('end'); process.exitCode = 3"),
  );
  const seen = await outcome;
  expect(seen).toEqual({ exitCode: 3, stdout: "one\nend", stderr: "two\n", isWhole: true });
  expect(logged.slice(1).sort()).toEqual(["end", "one", "two"]);
  expect(printedBy(["x"], seen)).toBe("one\nend\ntwo\n");
});

test("of our own environment a program sees little", async () => {
  process.env.TARGET_TEST_OWN = "ours";
  const { outcome } = run(
    script("console.log(process.env.TARGET_TEST_OWN, process.env.GIVEN, 'PATH' in process.env)"),
    {
      environment: { GIVEN: "given" },
    },
  );
  expect((await outcome).stdout).toBe("undefined given true\n");
  delete process.env.TARGET_TEST_OWN;
});

test("what cannot be run, and what does not end by itself, are errors in words", async () => {
  await expect(run(["no-such-program", "x"]).outcome).rejects.toThrow(
    "no-such-program x cannot be run: there is no such program",
  );
  const cwd = join(temporaryFolder(), "none");
  await expect(run(["node"], { cwd }).outcome).rejects.toThrow(`${cwd}: there is no such folder`);
  const sleeping = script("setTimeout(() => {}, 60_000)");
  await expect(run(sleeping, { timeoutSeconds: 0.3 }).outcome).rejects.toThrow("took too long and was ended");
  await expect(run(sleeping, {}, AbortSignal.timeout(300)).outcome).rejects.toThrow(
    "was ended, the time of the step is over",
  );
  await expect(run(script("process.kill(process.pid, 'SIGKILL')")).outcome).rejects.toThrow("was ended by SIGKILL");
});

test("a program that leaves a daemon behind, which holds its output, is not waited for", async () => {
  const { outcome } = run(
    script(
      `const { spawn } = await import("node:child_process");
       const child = spawn("sleep", ["20"], { stdio: "inherit", detached: true }); child.unref();
       console.log(child.pid)`,
    ),
  );
  const began = Date.now();
  const { exitCode, stdout } = await outcome;
  process.kill(Number(stdout), "SIGKILL");
  expect([exitCode, Date.now() - began < 8000]).toEqual([0, true]);
});

test("much output is neither kept nor judged beyond 10 MB, and a line without end is left out of the log", async () => {
  const { outcome, logged } = run(script("process.stdout.write('x'.repeat(12_000_000))"));
  const seen = await outcome;
  expect([seen.exitCode, seen.stdout.length, seen.isWhole]).toEqual([0, 10_000_000, false]);
  expect(logged.slice(1)).toEqual(["(a line too long to keep)"]);
  expect(() => printedBy(["dump", "all"], seen)).toThrow("dump all printed more than 10 MB, too much to judge");
});

test("of too many lines the log has the first ones, and their number", async () => {
  const { outcome, logged } = run(script("for (let i = 0; i < 6000; i++) console.log('y'.repeat(1000))"));
  await outcome;
  expect(logged.slice(1)).toHaveLength(5001);
  expect(logged.at(-1)).toBe("... 1000 more lines, too many to keep");
});

test("the last words are those of the errors, and short", () => {
  expect(lastWords({ stdout: "a\nb\n\n", stderr: "" })).toBe("a / b");
  expect(lastWords({ stdout: "a", stderr: " \n one \n\ntwo\nthree" })).toBe("two / three");
  expect(lastWords({ stdout: "", stderr: "" })).toBe("it printed nothing");
  expect(lastWords({ stdout: "z".repeat(1000), stderr: "" })).toHaveLength(150);
});

test("a long command is named by its beginning", () => {
  expect(nameOf(["a", "b\nc"])).toBe("a b c");
  expect(nameOf(["a".repeat(200)])).toBe(`${"a".repeat(97)}...`);
});
