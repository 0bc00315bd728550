/** What a gate decides by verdicts, and the table that it shows. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decideGate, judge, type Judged } from "../../release/gate.ts";

const judged = (verdict: Judged["verdict"], blocks: boolean): Judged => ({
  ...{ name: verdict, verdict, blocks },
  seen: `seen ${verdict}`,
});

test.each<[string, [Judged["verdict"], boolean][], string]>([
  ["nothing to judge", [], "go"],
  ["a pass", [["pass", false]], "go"],
  ["a warning that the policy allows", [["warn", false]], "go"],
  ["a warning that the policy blocks", [["warn", true]], "no"],
  ["a fail", [["fail", true]], "no"],
  ["an unknown that blocks", [["unknown", true]], "unclear"],
  ["an unknown that the policy allows", [["unknown", false]], "go"],
  [
    "an unknown beside a fail",
    [
      ["unknown", true],
      ["fail", true],
    ],
    "no",
  ],
])("%s", (_, verdicts, decision) => {
  expect(decideGate(verdicts.map(([verdict, blocks]) => judged(verdict, blocks))).decision).toBe(decision);
});

test("the table shows every verdict, those that block first, in columns", () => {
  const { table } = decideGate([
    { name: "health", verdict: "pass", seen: "200 in 3 ms", blocks: false },
    { name: "tag", verdict: "fail", seen: "v1 is no tag", blocks: true },
    { name: "space", verdict: "unknown", seen: "no answer", blocks: true },
  ]);
  expect(table.split("\n")).toEqual([
    "  ✗ tag     fail     v1 is no tag",
    "  ✗ space   unknown  no answer",
    "  ✓ health  pass     200 in 3 ms",
  ]);
});

test("it is go exactly when nothing blocks, and no verdict is lost from the table", () => {
  const one = fc.record({
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    verdict: fc.constantFrom("pass", "warn", "fail", "unknown"),
    seen: fc.stringMatching(/^[a-z ]{0,20}$/),
    blocks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one), (all) => {
      const { decision, table } = decideGate(all);
      expect(decision === "go").toBe(all.every(({ blocks }) => !blocks));
      expect(table === "" ? 0 : table.split("\n").length).toBe(all.length);
    }),
    { numRuns: 200 },
  );
});

test("the table says what is waived, by whom and why, what cannot be waived, and what does not block", () => {
  const waiver = { reason: "the carrier is down", by: "Mira Okafor" };
  const { table, decision } = decideGate([
    judge("upload", { verdict: "fail", seen: "507" }, { blocks: ["fail"], waiver }),
    judge("speed", { verdict: "warn", seen: "2 s" }, { blocks: ["fail"], waiver }),
    judge("drift", { verdict: "fail", seen: "302" }, { blocks: ["fail"], noGo: true, waiver }),
  ]);
  expect(decision).toBe("no");
  expect(table.split("\n")).toEqual([
    "  ✗ drift   fail     302 (no-go: it cannot be waived)",
    "  ! upload  fail     507 (waived by Mira Okafor: the carrier is down)",
    "  ! speed   warn     2 s",
  ]);
});

test("a pass never blocks, whatever the rule", () => {
  const blocks = ["fail", "unknown", "warn"] as const;
  expect(judge("one", { verdict: "pass", seen: "" }, { blocks, noGo: true })).toEqual({
    ...{ name: "one", verdict: "pass", seen: "", blocks: false },
  });
});
