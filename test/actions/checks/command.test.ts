/** The check by a command of the target's own, against real programs. */
import { expect, test } from "vitest";
import { command } from "../../../actions/checks/command.ts";
import { call } from "../../../components/call.ts";
import { act } from "../../support/context.ts";
import { makeTarget, put, script } from "../../support/target.ts";

async function ask(text: string, differing: object = {}) {
  const directory = makeTarget();
  put(directory, "do.mjs", text);
  const args = { directory, argv: ["node", "do.mjs"], ...differing };
  const { result, logged } = await act(command, args, { secrets: { KEY: "hush-hush" } });
  return { answer: [result.verdict, result.seen], logged };
}
const verdict = async (text: string, differing: object = {}): Promise<string[]> => (await ask(text, differing)).answer;
const clean = "console.log('No advisories found'); console.error('done in 2 s')";

test("a command that ends as wanted passes, and all it printed is in the log", async () => {
  const { answer, logged } = await ask(clean);
  expect(answer).toEqual(["pass", "node do.mjs: exit code 0"]);
  expect(logged[0]).toBe("$ node do.mjs");
  expect(logged.slice(1).sort()).toEqual(["No advisories found", "done in 2 s"]);
  expect(await verdict("process.exit(2)", { exitCode: 2 })).toEqual(["pass", "node do.mjs: exit code 2"]);
  const rules = { contains: ["No advisories", "done"], lacks: ["abandoned"], matches: ["^done in \\d+ s$"] };
  expect(await verdict(clean, { ...rules, warnOn: ["deprecated"] })).toEqual([
    ...["pass", "node do.mjs: exit code 0, its output as wanted"],
  ]);
});

test("what is to be looked at is a warning", async () => {
  expect(await verdict("console.log('2 packages abandoned')", { warnOn: ["none", "\\d+ packages abandoned"] })).toEqual(
    [...["warn", 'node do.mjs: exit code 0, with "2 packages abandoned"']],
  );
});

test.each<[string, string, object, string]>([
  [
    "another code",
    "console.error('1\\n2\\nno lock file'); process.exit(4)",
    {},
    "exit code 4, want 0: 2 / no lock file",
  ],
  ["success where failure is wanted", "", { exitCode: 1 }, "exit code 0, want 1: it printed nothing"],
  ["a text that is missing", clean, { contains: ["12 passed"] }, 'exit code 0, but without "12 passed": done in 2 s'],
  ["a text that must not be", clean, { lacks: ["advisories"] }, 'exit code 0, but with "advisories"'],
  ["no match", clean, { matches: ["^found"] }, "exit code 0, but nothing matches /^found/: done in 2 s"],
])("%s fails", async (_, text, differing, seen) => {
  expect(await verdict(text, differing)).toEqual(["fail", `node do.mjs: ${seen}`]);
});

test("a secret reaches the program, and never the verdict", async () => {
  expect(await verdict("console.log(`key ${process.env.API}`); process.exit(1)", { secrets: { API: "KEY" } })).toEqual([
    "fail",
    "node do.mjs: exit code 1, want 0: key [secret]",
  ]);
  expect(await verdict("", { secrets: { API: "OTHER" } })).toEqual(["unknown", "step: was not given the secret OTHER"]);
});

test("a program that is missing, no folder, too much time and too much output cannot be judged", async () => {
  expect(await verdict("", { argv: ["no-such-program", "audit"] })).toEqual([
    ...["unknown", "no-such-program audit cannot be run: there is no such program"],
  ]);
  expect(await verdict("", { argv: ["sh", "-c", "no-such-program"] })).toEqual([
    "unknown",
    expect.stringMatching(/^sh -c no-such-program could not run what it should \(exit code 127\): .*not found/),
  ]);
  expect(await verdict("", { folder: "none" })).toEqual([
    "unknown",
    expect.stringMatching(/none: there is no such folder$/),
  ]);
  expect(await verdict("setTimeout(() => {}, 60_000)", { timeoutSeconds: 0.3 })).toEqual([
    ...["unknown", "node do.mjs took too long and was ended"],
  ]);
  const much = "process.stdout.write('x'.repeat(11_000_000))";
  expect(await verdict(much)).toEqual(["pass", "node do.mjs: exit code 0"]);
  expect(await verdict(much, { lacks: ["y"] })).toEqual([
    ...["unknown", "node do.mjs printed more than 10 MB, too much to judge"],
  ]);
});

test("binary output and words that look like a shell's are nothing special", async () => {
  const argv = script("process.stdout.write(Buffer.from([0, 255, 10])); console.log(args[0])", "$(exit 1); x > y");
  expect((await verdict("", { argv, contains: ["$(exit 1); x > y"] }))[0]).toBe("pass");
});

test("arguments that say nothing are refused", () => {
  const args = { directory: "host", argv: [], matches: [".*"], contains: [""] };
  expect(() => call(command, args)).toThrow(
    [
      "actions/checks/command: its arguments are wrong",
      "✖ names no program: give the command as words, the program first",
      "  → at argv",
      "✖ Too small: expected string to have >=1 characters",
      "  → at contains[0]",
      "✖ matches everything, even the empty text",
      "  → at matches[0]",
    ].join("\n"),
  );
});
