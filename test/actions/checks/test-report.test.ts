/** Reports of tests, as runners write them, and as nobody should. */
import { expect, test } from "vitest";
import { readJunit, readTap, sumOf } from "../../../actions/checks/test-report.ts";

test("JUnit's suites are read however deep they stand", async () => {
  const xml = `<?xml version="1.0"?><testsuites name="all"><testsuite name="a"><testsuite name="b">
    <testcase name="one" classname="Shop\\OrderTest"/><testcase name="two &lt;b&gt;"><failure message="no">x</failure></testcase>
    </testsuite><testcase name="three"><skipped/></testcase></testsuite>
    <testsuite name="c"><testcase name="four" classname="Shop"><error/></testcase><testcase name="5"/></testsuite></testsuites>`;
  expect(await readJunit(xml)).toEqual({ passed: 2, failed: ["two <b>", "Shop four"], skipped: 1 });
  expect(await readJunit('<testsuite><testcase name="a"/></testsuite>')).toEqual({ passed: 1, failed: [], skipped: 0 });
  expect(await readJunit("<testsuites/>")).toEqual({ passed: 0, failed: [], skipped: 0 });
});

test.each<[string, string, string]>([
  ["a bomb of entities", '<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>', "defines entities of its own: it is not read"],
  ["a report cut short", '<testsuite><testcase name="a"/>', "is no XML, or was cut short"],
  ["an empty file", "", "is no XML, or was cut short"],
  ["another document", "<html/>", "is no JUnit report"],
  ["endless depth", "<testsuite>".repeat(5000) + "</testsuite>".repeat(5000), "Maximum nested tags exceeded"],
  ["a name that is a trap", "<testsuite><__proto__/></testsuite>", "reserved"],
])("%s is refused", async (_, xml, message) => {
  await expect(readJunit(xml)).rejects.toThrow(message);
});

test("of TAP the innermost tests count", async () => {
  const tap = `TAP version 13
# Subtest: outer
    ok 1 - one
    not ok 2 - two
    1..2
not ok 1 - outer
# Subtest: other
    ok 1 - three
    1..1
ok 2 - other
ok 3 - four
ok 4 - five # SKIP later
not ok 5 - six # todo some day
1..5
`;
  expect(await readTap(tap)).toEqual({ passed: 3, failed: ["two"], skipped: 2 });
});

test("a stream that breaks off, bails out, or fails as a whole has failed", async () => {
  expect((await readTap("ok 1 - a\n1..3\n")).failed).toEqual(["incorrect number of tests"]);
  expect((await readTap("ok 1 - a\nBail out! no database\n")).failed).toEqual(["bailed out: no database"]);
  expect((await readTap("# Subtest: a\n    ok 1 - b\n    1..1\nnot ok 1 - a\n1..1\n")).failed).toEqual(["a"]);
  expect(await readTap("hello\n")).toEqual({ passed: 0, failed: [], skipped: 0 });
});

test("several reports are one", () => {
  const one = { passed: 1, failed: ["a"], skipped: 2 };
  expect(sumOf([one, one])).toEqual({ passed: 2, failed: ["a", "a"], skipped: 4 });
});
