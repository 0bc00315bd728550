/** What a stack remembers, as somebody may have left it: unpacked, or refused in one line that says what to do. */
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { Refusal } from "../../../actions/action.ts";
import { unpackRecord } from "../../../actions/rollout/unpack-record.ts";
import { packRecord, type RolloutRecord } from "../../../release/record.ts";
import { plan } from "../../support/pipeline.ts";

const record: RolloutRecord = {
  ...{ rollout: "2-b", store: "5709e1d0", after: "none", asked: "v2", configuration: "c", serving: "v2" },
  ...{ ended: "good", left: { v1: "1-a" }, plan },
};
const packed = packRecord(record);
const pack = (text: string | Buffer): string => deflateRawSync(text).toString("base64url");
const packPlan = (differing: object): string => pack(JSON.stringify({ ...plan, ...differing }));

test("what was packed is given back, also of a time before stores had an id", () => {
  expect(unpackRecord(packed)).toEqual(record);
  const { store: _, ...older } = record;
  expect(unpackRecord(packRecord(older))).toEqual(older);
});

test("a plan of any kind of schema work is given back", () => {
  const kinds = {
    before: { kind: "down", revisions: ["0002"] },
    after: { kind: "restore", backup: "2-b-v1" },
  } as const;
  const other = { ...record, plan: { ...plan, ...kinds } };
  expect(unpackRecord(packRecord(other))).toEqual(other);
});

test.each<[string, unknown, string]>([
  ["no record", "text", "record is no object"],
  ["no plan", { ...packed, plan: undefined }, "record.plan is no string"],
  ["another end", { ...packed, ended: "well" }, "record.ended is none of the words it can be"],
  ["who left what, damaged", { ...packed, left: { v1: null } }, "a field of record.left is no string"],
  ["a plan that was cut off", { ...packed, plan: packed.plan.slice(0, 20) }, "record.plan cannot be unpacked"],
  ["a plan that nobody packed", { ...packed, plan: "not packed" }, "record.plan cannot be unpacked"],
  ["no plan inside", { ...packed, plan: pack("null") }, "record.plan is no object"],
  ["a plan of 100 MB", { ...packed, plan: pack(Buffer.alloc(100_000_000, " ")) }, "record.plan cannot be unpacked"],
  ["a plan without commits", { ...packed, plan: packPlan({ commits: 3 }) }, "record.plan.commits is no list"],
  [
    "work that does not fit its kind",
    { ...packed, plan: packPlan({ before: { kind: "restore", revisions: [] } }) },
    "record.plan.before.backup is no string",
  ],
])("%s is refused in one line", (_, output, wrong) => {
  expect(() => unpackRecord(output)).toThrow(
    new Refusal(
      `the stack's state: what it remembers of the last rollout is damaged: ${wrong}. Put the state back from a copy: pulumi stack import --file COPY`,
    ),
  );
});
