/** Texts of strangers, before anybody reads them in a terminal. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { plain } from "../../actions/plain.ts";

test.each<[string, string, string]>([
  ["colours", "\x1b[31mred\x1b[0m", "red"],
  ["a title for the window", "\x1b]0;owned\x07done", "done"],
  ["a cleared screen", "before\x1b[2J\x1b[Hafter", "beforeafter"],
  ["half of an escape sequence", "half \x1b", "half \ufffd"],
  ["a line written over another", "secret failed\rall is well", "secret failed\ufffdall is well"],
  ["a bell, a backspace and a NUL", "a\x07b\x08c\x00", "a\ufffdb\ufffdc\ufffd"],
  ["a direction turned round", "v1\u202egpj.exe", "v1\ufffdgpj.exe"],
  ["tabs and lines", "a\tb\nc\r\nd\x1b[m", "a\tb\nc\nd"],
])("%s", (_, text, shown) => {
  expect(plain(text)).toBe(shown);
});

test("no text holds anything unseen afterwards, and what holds nothing unseen stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = plain(text);
      expect(shown).not.toMatch(/[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
      expect(plain(shown)).toBe(shown);
    }),
    { numRuns: 300, seed: 1 },
  );
});
