/** Policies and waivers: which answers block, and what is refused. */
import { expect, test } from "vitest";
import { policiesSchema, ruleFor, strayRules, waiversSchema } from "../../components/policies.ts";

const policies = (given: object = {}) => policiesSchema.parse(given);
const waiver = { check: "upload", release: "v2", reason: "no storage today", by: "Mira Okafor" };

test.each<[object, string, string[]]>([
  [{}, "page", ["fail", "unknown"]],
  [{ unknown: "allow" }, "page", ["fail"]],
  [{ warn: "block" }, "page", ["fail", "unknown", "warn"]],
  [{ checks: { page: { fail: "allow" } } }, "page", ["unknown"]],
  [{ checks: { page: { warn: "block", unknown: "allow" } } }, "page", ["fail", "warn"]],
  [{ checks: { page: { warn: "block" } } }, "other", ["fail", "unknown"]],
])("with %o these answers of %s block", (given, name, blocks) => {
  expect(ruleFor(name, "v2", { policies: policies(given), waivers: [] })).toEqual({ blocks });
});

test("a waiver counts for its check and its release, and no other", () => {
  const config = { policies: policies(), waivers: [waiver] };
  expect(ruleFor("upload", "v2", config).waiver).toEqual({ reason: waiver.reason, by: waiver.by });
  expect(ruleFor("upload", "v3", config).waiver).toBeUndefined();
  expect(ruleFor("page", "v2", config).waiver).toBeUndefined();
});

test("a no-go trigger is one, and neither allowed nor waived", () => {
  const trigger = { checks: { upload: { noGo: true } } };
  expect(ruleFor("upload", "v2", { policies: policies(trigger), waivers: [] }).noGo).toBe(true);
  expect(strayRules(["upload"], { policies: policies(trigger), waivers: [waiver] })).toEqual([
    "switchback:waivers: [0].check: upload is a no-go trigger: it cannot be waived",
  ]);
  expect(policiesSchema.safeParse({ checks: { upload: { noGo: true, fail: "allow" } } }).error?.issues).toMatchObject([
    { path: ["checks", "upload"], message: "allows what is a no-go trigger: take out one of the two" },
  ]);
});

test("rules for checks that the pipeline does not have are named, with those that it has", () => {
  const config = { policies: policies({ checks: { pgae: {} } }), waivers: [waiver] };
  expect(strayRules(["page", "tag"], config)).toEqual([
    "switchback:policies: checks.pgae: there is no such check. The pipeline's checks are: page, tag",
    "switchback:waivers: [0].check: upload: there is no such check. The pipeline's checks are: page, tag",
  ]);
  expect(strayRules(["page", "pgae", "upload"], config)).toEqual([]);
});

test.each([
  ["no reason", { ...waiver, reason: " " }],
  ["nobody", { ...waiver, by: "" }],
  ["a new line in the reason", { ...waiver, reason: "one\ntwo" }],
  ["no release", { check: "upload", reason: "why", by: "who" }],
  ["something else", { ...waiver, until: "tomorrow" }],
])("a waiver with %s is refused", (_, given) => {
  expect(waiversSchema.safeParse([given]).success).toBe(false);
});
