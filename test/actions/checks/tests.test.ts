/** The check that runs tests, with real runners of TAP and programs that write reports. */
import { expect, test } from "vitest";
import { tests } from "../../../actions/checks/tests.ts";
import { call } from "../../../components/call.ts";
import { act } from "../../support/context.ts";
import { makeTarget, put } from "../../support/target.ts";

const suite = (cases: string): string => `<testsuite name="s">${cases}</testsuite>`;
const good = '<testcase name="one"/><testcase name="two"/>';

async function ask(report: string | undefined, differing: object = {}, code = 0) {
  const directory = makeTarget();
  const write = report === undefined ? "" : `require("fs").writeFileSync("report.xml", ${JSON.stringify(report)});`;
  put(directory, "run.cjs", `${write} console.log("done"); process.exitCode = ${code};`);
  const args = {
    directory,
    argv: ["node", "run.cjs"],
    format: "junit" as const,
    reports: ["report.xml"],
    ...differing,
  };
  const { result, kept } = await act(tests, args);
  return { answer: [result.verdict, result.seen], files: result.files, kept };
}
const verdict = async (...given: Parameters<typeof ask>): Promise<string[]> => (await ask(...given)).answer;

test("tests that all pass pass, and their report is kept", async () => {
  const { answer, files, kept } = await ask(suite(`${good}<testcase name="three"><skipped/></testcase>`), {
    minimum: 2,
  });
  expect(answer).toEqual(["pass", "2 of 2 tests passed, 1 skipped"]);
  expect([files, Object.keys(kept)]).toEqual([["files/report.xml"], ["report.xml"]]);
});

test("failures are named, the first three, and the report is kept", async () => {
  const failing = ["a", "b", "c", "d"].map((name) => `<testcase name="${name}"><failure/></testcase>`).join("");
  const { answer, files } = await ask(suite(good + failing), {}, 1);
  expect(answer).toEqual(["fail", '2 of 6 tests passed: "a" failed, "b" failed, "c" failed, ...']);
  expect(files).toEqual(["files/report.xml"]);
});

test("no test, too few, and a failure that no test tells of, fail", async () => {
  expect(await verdict(suite(""))).toEqual(["fail", "ran no test: node run.cjs: exit code 0: done"]);
  expect(await verdict(suite('<testcase name="a"><skipped/></testcase>'))).toEqual([
    ...["fail", "ran no test, 1 skipped: node run.cjs: exit code 0: done"],
  ]);
  expect(await verdict(suite(good), { minimum: 3 })).toEqual(["fail", "2 of 2 tests passed, want at least 3"]);
  expect(await verdict(suite(good), {}, 3)).toEqual([
    ...["fail", "2 of 2 tests passed, but node run.cjs: exit code 3: done"],
  ]);
});

test("a report that was not written, is an old one, or is damaged cannot be judged", async () => {
  expect(await verdict(undefined, {}, 2)).toEqual([
    ...["unknown", "report.xml was not written: node run.cjs: exit code 2: done"],
  ]);
  const directory = makeTarget({ "report.xml": suite(good), "run.cjs": "" });
  expect(await verdict(undefined, { directory })).toEqual([
    ...["unknown", "report.xml was not written: node run.cjs: exit code 0: it printed nothing"],
  ]);
  expect(await verdict("<testsuite>")).toEqual(["unknown", "the report is no XML, or was cut short"]);
  expect((await verdict(suite(good), { argv: ["no-such-program"] }))[0]).toBe("unknown");
});

test("TAP is read from standard output, as Node's own runner prints it, and from files", async () => {
  const text = `const test = require("node:test");
test("outer", (t) => t.test("inner", () => {})); test("plain", () => {});
if (process.env.BROKEN) test("broken", () => { throw new Error("no"); });`;
  const directory = makeTarget({ "some.test.cjs": text, "run.cjs": "" });
  const argv = ["node", "--test", "--test-reporter=tap", "some.test.cjs"];
  const given = { directory, argv, format: "tap", reports: [] };
  const { answer, files } = await ask(undefined, given);
  expect([answer, files]).toEqual([["pass", "2 of 2 tests passed"], ["files/tests.tap"]]);
  expect(await verdict(undefined, { ...given, environment: { BROKEN: "1" } })).toEqual([
    ...["fail", '2 of 3 tests passed: "broken" failed'],
  ]);
  const toFile = [...argv.slice(0, 3), "--test-reporter-destination=out.tap", "some.test.cjs"];
  expect(await verdict(undefined, { ...given, argv: toFile, reports: ["out.tap"] })).toEqual([
    ...["pass", "2 of 2 tests passed"],
  ]);
});

test("a report of JUnit needs a name, and no tests are no tests", () => {
  expect(() => call(tests, { directory: "host", argv: ["phpunit"], format: "junit" })).toThrow(
    "✖ names no report: give the XML files that the command writes\n  → at reports",
  );
  const none = { directory: "host", argv: ["prove"], format: "tap" as const, minimum: 0 };
  expect(() => call(tests, none)).toThrow("✖ Too small: expected number to be >=1\n  → at minimum");
});
