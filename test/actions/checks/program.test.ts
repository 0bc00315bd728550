/** How checks speak about a program that has ended. */
import { expect, test } from "vitest";
import { lastWords, nameOf, printedBy } from "../../../actions/checks/program.ts";

test("both streams are judged as one, and only whole", () => {
  const judged = (stdout: string, stderr: string, isWhole = true): string =>
    printedBy(["dump", "all"], { exitCode: 0, stdout, stderr, isWhole });
  expect(judged("one\nend", "two\n")).toBe("one\nend\ntwo\n");
  expect([judged("one\n", "two"), judged("", "two"), judged("one", "")]).toEqual(["one\ntwo", "two", "one"]);
  expect(() => judged("x", "", false)).toThrow("dump all printed more than 10 MB, too much to judge");
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
