// Receipts are known by their fields, and one that is not known tells nothing.
import { expect, test } from "vitest";
import { readReceipt, verdictOf } from "../../report/receipts.ts";

test.each([
  [undefined, {}],
  ["text", {}],
  [{ did: "nothing", revision: "0001" }, {}],
  [{ id: "none", digest: "", schema: "0000" }, {}],
  [{ id: "b", digest: "d", schema: "1" }, { backup: { id: "b", digest: "d", schema: "1", proven: false } }],
  [{ decision: "go" }, { gate: "go" }],
  [
    { digest: "d", commit: "c" },
    { artifact: "d", commit: "c" },
  ],
])("%j tells %j", (receipt, seen) => {
  expect(readReceipt(receipt)).toEqual(seen);
});

test("a check's answer", () => {
  expect(verdictOf({ verdict: "fail", seen: "401", from: "web" })).toEqual({ verdict: "fail", seen: "401" });
  expect(verdictOf({ verdict: "pass", seen: "ok", files: ["a.png"] })?.files).toEqual(["a.png"]);
  expect(verdictOf({ decision: "go" })).toBeUndefined();
  expect(verdictOf(undefined)).toBeUndefined();
});
