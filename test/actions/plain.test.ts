/** Texts from elsewhere that are shown to people. */
import { expect, test } from "vitest";
import { plain } from "../../actions/plain.ts";

test("what is plain stays as it is, with its lines and tabs", () => {
  const text = "é 你好 \t✓\nsecond line";
  expect(plain(text)).toBe(text);
});

test.each([
  ["a colour", "\u001b[32mgreen\u001b[0m", "green"],
  ["a cleared screen", "before\u001b[2J\u001b[Hafter", "beforeafter"],
  ["a window's title", "\u001b]0;title\u0007text", "text"],
  ["a link that leads elsewhere", "\u001b]8;;https://example.test\u0007docs\u001b]8;;\u0007", "docs"],
  ["a line written over", "✗ failed\r✓ passed", "✗ failed✓ passed"],
  ["a step back", "ab\b\bcd", "abcd"],
  ["C1 controls", "a\u009b2Jb", "ab"],
  ["a lone escape", "a\u001b", "a"],
  ["another direction of writing", "v1\u202e1.2v\u202c", "v11.2v"],
])("%s is taken out", (_, text, shown) => {
  expect(plain(text)).toBe(shown);
});
