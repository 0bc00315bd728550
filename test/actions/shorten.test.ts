/** Texts that must fit into a receipt. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { shorten } from "../../actions/shorten.ts";

test("a text that fits stays; a longer one shows that it was cut", () => {
  expect(shorten("ten bytes.", 10)).toBe("ten bytes.");
  expect(shorten("ten bytes..", 10)).toBe("ten by ...");
});

test("bytes in JSON count, not characters", () => {
  expect(shorten("ééééé", 8)).toBe("éé ...");
  expect(shorten("\n\n\n\n\n", 8)).toBe("\n\n ...");
});

test("no text gets longer than it may, and what is left is its beginning", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 8, max: 40 }), (text, bytes) => {
      const short = shorten(text, bytes);
      expect(Buffer.byteLength(JSON.stringify(short)) - 2).toBeLessThanOrEqual(bytes);
      if (short !== text) expect(short.endsWith(" ...") && text.startsWith(short.slice(0, -5))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
