// Rollouts are put together from the ledger alone, however they ended.
import { expect, test } from "vitest";
import { rolloutsOf, served } from "../../report/rollouts.ts";
import { cutOff, good, rollout, stays, stopped, takenBack } from "./entries.ts";

const endings = [
  { entries: good("1-a", "v1"), result: "good", serves: true },
  { entries: takenBack("2-b", "v2", "v1"), result: "taken back", serves: false },
  { entries: stays("3-c", "v3", false), result: "stays, not well", serves: true },
  { entries: stays("4-d", "v4", true), result: "good", serves: true },
  { entries: stopped("5-e", "v5"), result: "stopped", serves: false },
  { entries: cutOff("6-f", "v6"), result: "cut off", serves: false },
];

test.each(endings)("$result: $serves", ({ entries, result, serves }) => {
  const [only] = rolloutsOf(entries);
  expect(only?.result).toBe(result);
  expect(only && served(only)).toBe(serves);
});

test("they keep their order, also when their entries are mixed", () => {
  const all = endings.flatMap(({ entries }) => entries);
  const mixed = [...all.filter((_, index) => index % 2 === 0), ...all.filter((_, index) => index % 2 === 1)];
  expect(rolloutsOf(mixed).map(({ id, number, release }) => [id, number, release])).toEqual([
    ["1-a", 1, "v1"],
    ["2-b", 2, "v2"],
    ["3-c", 3, "v3"],
    ["4-d", 4, "v4"],
    ["5-e", 5, "v5"],
    ["6-f", 6, "v6"],
  ]);
});

test("what each receipt tells is gathered", () => {
  expect(rolloutsOf(good("1-a", "v1"))[0]).toMatchObject({
    began: "2026-01-02T03:01:00.000Z",
    ended: "2026-01-02T03:01:09.000Z",
    by: ["deploy@web"],
    commit: "c".repeat(40),
    artifact: "d".repeat(64),
    backup: { id: "1-a-backup", digest: "b", schema: "0001", proven: true },
    downtime: { requests: 71, failed: 0, longestGapMs: 20 },
    signOff: { by: "policy" },
    failures: [],
  });
});

test("a failure to open is of no rollout", () => {
  expect(rolloutsOf(rollout("", "v1", [["parcel-rollout-open", { kind: "failure", message: "no lease" }]]))).toEqual(
    [],
  );
});

test("an empty ledger has none", () => {
  expect(rolloutsOf([])).toEqual([]);
});
