// The ledger's rollouts joined with the stack's own history, which knows updates and times, and no rollouts.
import { expect, test } from "vitest";
import { joined } from "../../../cli/commands/history.ts";
import type { RolloutRecord } from "../../../release/record.ts";
import { rolloutsOf } from "../../../report/rollouts.ts";
import { cutOff, good, plan, stays, stopped, takenBack } from "../../report/entries.ts";

const record: RolloutRecord = {
  ...{ rollout: "6-f", after: "none", asked: "v1", configuration: "x", serving: "v1", ended: "good", plan },
  left: { v3: "6-f" },
};
const rollouts = rolloutsOf([
  ...good("1-a", "v1"),
  ...takenBack("2-b", "v2", "v1"),
  ...good("3-c", "v3"),
  ...stopped("4-d", "v4"),
  ...cutOff("5-e", "v5"),
  ...good("6-f", "v1"),
]);
const update = (minute: number, second: number, message: string) => ({
  ...{ kind: "update", message, result: "succeeded" },
  startTime: `2026-01-02T03:0${minute}:${String(second).padStart(2, "0")}.000Z`,
  endTime: `2026-01-02T03:0${minute}:59.000Z`,
});

test("newest first, each with its result", () => {
  const lines = joined(rollouts, [], record, new Map([["v3", "yes"]]));
  expect(lines.map(({ number, release, result, back }) => [number, release, result, back])).toEqual([
    [6, "v1", "serves", ""],
    [5, "v5", "cut off", ""],
    [4, "v4", "stopped at parcel-preflight-gate", ""],
    [3, "v3", "served, left by rollback 6-f", "yes"],
    [2, "v2", "taken back", ""],
    [1, "v1", "served", ""],
  ]);
});

test("what serves in spite of its checks is not called well", () => {
  const [line] = joined(rolloutsOf(stays("6-f", "v1", false)), [], record, new Map());
  expect(line?.result).toBe("serves, not well");
});

test("an update belongs to the rollouts that ran while it did; one that was killed is not known", () => {
  const updates = [update(6, 0, "v1 #6, back from v3"), update(1, 5, "v1 #1, resumed"), update(1, 0, "v1 #1")];
  const lines = joined(rollouts, updates, record, new Map());
  expect(lines.map((line) => line.updates)).toEqual([
    ["v1 #6, back from v3"],
    [],
    [],
    [],
    [],
    ["v1 #1, resumed", "v1 #1"],
  ]);
});

test("the way back stands at the last time a release served", () => {
  const twice = rolloutsOf([...good("1-a", "v1"), ...good("2-b", "v1"), ...good("6-f", "v2")]);
  const lines = joined(twice, [], { ...record, serving: "v2" }, new Map([["v1", "yes"]]));
  expect(lines.map(({ number, back }) => [number, back])).toEqual([
    [6, ""],
    [2, "yes"],
    [1, ""],
  ]);
});
