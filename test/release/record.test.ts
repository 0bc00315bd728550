/** What a stack remembers of its last rollout, and what the next one makes of it. */
import { expect, test } from "vitest";
import { unpackRecord } from "../../actions/rollout/unpack-record.ts";
import type { Plan } from "../../release/plan.ts";
import { afterOf, leftAfter, packRecord, type RolloutRecord } from "../../release/record.ts";

const plan: Plan = {
  ...{ release: "v2", commit: "c2", from: "v1", direction: "forward", commits: [] },
  before: { kind: "up", migrations: [] },
  after: { kind: "up", migrations: [] },
  ...{ wayBack: "compatible", undo: { before: [], after: [] }, again: "none", restore: "none", rollbackFrom: "none" },
};
const record: RolloutRecord = {
  ...{ rollout: "2-b", after: "none", asked: "v2", configuration: "c", serving: "v2", ended: "good", left: {}, plan },
};
const back: Plan = { ...plan, release: "v1", from: "v2", direction: "back" };

test("the first rollout comes after none", () => {
  expect(afterOf(undefined)).toBe("none");
});

test("after a bad end the next rollout is another one; after any other end it stays what it was", () => {
  expect(afterOf({ ...record, ended: "bad" })).toBe("2-b");
  expect(afterOf({ ...record, after: "1-a" })).toBe("1-a");
  expect(afterOf({ ...record, after: "1-a", ended: "stays" })).toBe("1-a");
});

test("a rollback that succeeds leaves the release it went back from", () => {
  expect(leftAfter(record, back, "3-c", "v1")).toEqual({ v2: "3-c" });
});

test("a rollback that did not get there leaves nothing", () => {
  expect(leftAfter(record, back, "3-c", "v2")).toEqual({});
});

test("releasing what was left forgets that it was, and keeps the others", () => {
  const last = { ...record, left: { v2: "3-c", v3: "4-d" } };
  expect(leftAfter(last, plan, "5-e", "v2")).toEqual({ v3: "4-d" });
  expect(leftAfter(undefined, plan, "1-a", "v2")).toEqual({});
});

test("as an output the record is short and says what people ask; what is read back is what was kept", () => {
  const packed = packRecord(record);
  expect(packed).toEqual({ ...record, plan: expect.stringMatching(/^[\w-]+$/) as string });
  expect(unpackRecord(packed)).toEqual(record);
});
