/** What a step may print: a small receipt, and lines that are not too long. */
import { expect, test } from "vitest";
import { clip, clipLines, formatReceipt } from "../../runtime/receipt.ts";

test("a receipt is one line of JSON", () => {
  expect(formatReceipt({ id: "2-abc", words: "one\ntwo" }, "open")).toBe('{"id":"2-abc","words":"one\\ntwo"}');
});

test("a receipt of 8 KiB is accepted, one byte more is refused", () => {
  expect(formatReceipt("x".repeat(8190), "open")).toHaveLength(8192);
  expect(() => formatReceipt("x".repeat(8191), "open")).toThrow("open: its receipt has 8193 bytes, the limit is 8192");
  expect(() => formatReceipt("é".repeat(4096), "open")).toThrow("open: its receipt has 8194 bytes, the limit is 8192");
});

test("a long line is cut, and says how long it was", () => {
  expect(clip("x".repeat(2100))).toBe("x".repeat(2100));
  expect(clip("x".repeat(2101))).toBe(`${"x".repeat(2000)} ... (2101 characters)`);
  expect(clip(`  ${clip("x".repeat(9000))}`)).toBe(`  ${"x".repeat(2000)} ... (9000 characters)`);
});

test("of a text every line is cut by itself", () => {
  expect(clipLines(`short\n${"x".repeat(3000)}\nlast`)).toBe(`short\n${"x".repeat(2000)} ... (3000 characters)\nlast`);
});
