// Commands in messages work when they are pasted.
import { expect, test } from "vitest";
import { asTyped, columns, commandName, counted, table } from "../../cli/say.ts";

test.each([
  [{ npm_command: "exec" }, "npx switchback"],
  [{ npm_lifecycle_event: "start", npm_command: "start" }, "npm run switchback --"],
  [{ npm_lifecycle_event: "switchback", npm_command: "run-script" }, "npm run switchback --"],
  [{}, "switchback"],
])("typed with %j it is %s", (environment, name) => {
  expect(commandName(environment)).toBe(name);
});

test("only commands are rewritten, not paths or the product's name", () => {
  const text =
    "To go back: switchback rollback v1, or switchback up; switchback is in ./switchback up-to-date, .switchback up";
  expect(asTyped(text, "npx switchback")).toBe(
    "To go back: npx switchback rollback v1, or npx switchback up; switchback is in ./switchback up-to-date, .switchback up",
  );
});

test("lines of one label stand under each other", () => {
  expect(table([["a", "1\n2"], ["long", "3"]])).toEqual(["  a     1", "        2", "  long  3"]); // prettier-ignore
});

test("columns are as wide as their widest text, colours not counted", () => {
  expect(columns([["a", "b"], ["\u001b[1mlong\u001b[22m", "c"]])).toEqual(["a     b", "\u001b[1mlong\u001b[22m  c"]); // prettier-ignore
});

test("one and many", () => {
  expect([counted(1, "commit"), counted(3, "commit"), counted(0, "entry", "entries")]).toEqual([
    "1 commit",
    "3 commits",
    "0 entries",
  ]);
});
