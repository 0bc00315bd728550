/** How faults of a page are told. That they are noted is shown in page-look.test.ts. */
import { expect, test } from "vitest";
import { type Fault, faultWords } from "../../../actions/checks/page-faults.ts";

const script = "http://site/gone.js?v=1";
const faults: readonly Fault[] = [
  { about: script, words: "http://site/gone.js answered 404" },
  { about: script, words: "console: Failed to load resource" },
  { about: "", words: "uncaught: no such thing" },
  { about: "", words: "uncaught: no such thing" },
  { about: "", words: "uncaught: another" },
];

test("what failed at one address is one fault, and so is what is said twice", () => {
  expect(faultWords(faults, [])).toEqual([
    ...["http://site/gone.js answered 404", "uncaught: no such thing", "uncaught: another"],
  ]);
});

test("a pattern allows a fault by its words or its address, all of it", () => {
  expect(faultWords(faults, ["gone\\.js\\?v=1$"])).toEqual(["uncaught: no such thing", "uncaught: another"]);
  expect(faultWords(faults, ["^uncaught"])).toEqual(["http://site/gone.js answered 404"]);
});

test("a long text of several lines becomes one short line, without what moves a cursor", () => {
  const [words = ""] = faultWords([{ about: "", words: `console: a\n  b\u001b[2J${"x".repeat(500)}` }], []);
  expect([words.startsWith("console: a b"), words.length <= 160, words.includes("\u001b")]).toEqual([
    ...[true, true, false],
  ]);
});
