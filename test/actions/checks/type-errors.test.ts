/** The check of a type checker's errors against a baseline, with small programs that print as the checkers do. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countErrors, typeErrors } from "../../../actions/checks/type-errors.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { makeTarget } from "../../support/target.ts";

const printing = (lines: readonly string[], code: number): string =>
  `for (const line of ${JSON.stringify(lines)}) console.log(line); process.exitCode = ${code};`;
const errors = (count: number): string =>
  printing(
    Array.from({ length: count }, (_, index) => `a.ts(${index + 1},1): error TS2345: no`),
    count > 0 ? 2 : 0,
  );

async function verdict(text: string, differing: object = {}): Promise<string[]> {
  const directory = makeTarget({ "tsc.mjs": text });
  const args = { directory, argv: ["node", "tsc.mjs"], pattern: "error TS\\d+:", ...differing };
  const { result } = await act(typeErrors, args);
  return [result.verdict, result.seen];
}

test("as many errors as the baseline pass; fewer lower it", async () => {
  expect(await verdict(errors(0))).toEqual(["pass", "node tsc.mjs: 0 errors"]);
  expect(await verdict(errors(2), { baseline: 2 })).toEqual(["pass", "node tsc.mjs: 2 errors"]);
  expect(await verdict(errors(1), { baseline: 2 })).toEqual([
    ...["pass", "node tsc.mjs: 1 error: the baseline can be lowered from 2"],
  ]);
});

test("more errors fail, with a baseline in a file, too", async () => {
  expect(await verdict(errors(3))).toEqual(["fail", "node tsc.mjs: 3 errors, want at most 0"]);
  const file = join(temporaryFolder(), "baseline");
  writeFileSync(file, "2\n");
  expect((await verdict(errors(2), { baseline: file }))[0]).toBe("pass");
  expect(await verdict(errors(3), { baseline: file })).toEqual(["fail", "node tsc.mjs: 3 errors, want at most 2"]);
});

test("a number that the checker says itself counts", async () => {
  const pattern = "Found (\\d+) errors?";
  expect(countErrors("Found 12 errors in 3 files", pattern)).toBe(12);
  expect(countErrors("a.py:1: error: x\nb.py:2: error: y", "^[^:]+:\\d+: error: ")).toBe(2);
  expect(await verdict(printing(["[ERROR] Found 12 errors"], 1), { pattern, baseline: 11 })).toEqual([
    ...["fail", "node tsc.mjs: 12 errors, want at most 11"],
  ]);
});

test("a checker that fell over, is missing, or takes too long cannot be judged", async () => {
  expect(await verdict(printing(["Allowed memory size exhausted"], 255), { baseline: 5 })).toEqual([
    ...["unknown", "node tsc.mjs: exit code 255, and no error was counted: Allowed memory size exhausted"],
  ]);
  expect((await verdict("", { argv: ["no-such-program"] }))[0]).toBe("unknown");
  expect((await verdict("setTimeout(() => {}, 60_000)", { timeoutSeconds: 0.3 }))[0]).toBe("unknown");
});

test("without its baseline nothing can be said", async () => {
  const file = join(temporaryFolder(), "baseline");
  expect(await verdict(errors(0), { baseline: file })).toEqual([
    ...["unknown", `${file}: there is no such baseline. Write the number of errors into it`],
  ]);
  writeFileSync(file, "many");
  expect(await verdict(errors(0), { baseline: file })).toEqual(["unknown", `${file}: holds no number`]);
});

test("a pattern that counts everything is refused", () => {
  expect(() => call(typeErrors, { directory: "host", argv: ["tsc"], pattern: ".*" })).toThrow(
    "✖ matches everything, even the empty text\n  → at pattern",
  );
});
