import { expect, test } from "vitest";
import {
  applyIgnoreChanges,
  applyReplaceOnChanges,
  changedKeys,
  detailedDiff,
  needsReplacement,
} from "../../engine/diff.ts";
import { assetSignature, secret, signature, unknown } from "../../engine/property-value.ts";

test("the leaves that differ are named by path and kind", () => {
  const olds = { a: "1", b: { c: [1, 2], "d.e": 1 }, gone: true, __own: 1, same: { x: 1 } };
  const news = { a: "2", b: { c: [1, 3, 4], "d.e": 2 }, come: 1, same: { x: 1 } };
  expect(changedKeys(olds, news)).toEqual(["a", "b", "come", "gone"]);
  expect(detailedDiff(olds, news)).toEqual({
    a: "update",
    "b.c[1]": "update",
    "b.c[2]": "add",
    'b["d.e"]': "update",
    come: "add",
    gone: "delete",
  });
});

test("an asset is one leaf", () => {
  const asset = (text: string) => ({ [signature]: assetSignature, hash: `hash of ${text}`, text });
  expect(detailedDiff({ t: [asset("a")] }, { t: [asset("b")] })).toEqual({ "t[0]": "update" });
});

test("a secret is one leaf; becoming secret, or plain again, is a change; unknown is one", () => {
  expect(detailedDiff({ e: secret({ a: 1 }) }, { e: secret({ a: 2 }) })).toEqual({ e: "update" });
  expect(changedKeys({ e: "x" }, { e: secret("x") })).toEqual(["e"]);
  expect(changedKeys({ e: secret("x") }, { e: "x" })).toEqual(["e"]);
  expect(changedKeys({ e: secret("x") }, { e: secret("x") })).toEqual([]);
  expect(changedKeys({ e: "x" }, { e: unknown })).toEqual(["e"]);
});

test("replaceOnChanges turns what lies below its paths into replacements", () => {
  const diff = {
    changed: true,
    changedKeys: ["env", "triggers"],
    replaceKeys: [],
    detailed: { "env.A": "update", "triggers[0]": "add" },
  } as const;
  const plainDiff = { ...diff, changedKeys: [...diff.changedKeys], replaceKeys: [...diff.replaceKeys] };
  const applied = applyReplaceOnChanges(plainDiff, ["triggers[*]"]);
  expect(applied.detailed).toEqual({ "env.A": "update", "triggers[0]": "add-replace" });
  expect([applied.replaceKeys, needsReplacement(applied)]).toEqual([[], true]);
  expect(applyReplaceOnChanges(plainDiff, ["*"]).replaceKeys).toEqual(["env", "triggers"]);
  expect(needsReplacement(applyReplaceOnChanges(plainDiff, ["other"]))).toBe(false);
});

test("ignoreChanges keeps the stored value, also where there was none", () => {
  const olds = { env: { A: "old", B: "old" }, list: [1, 2] };
  const news = { env: { A: "new", B: "new", C: "new" }, list: [3, 4], extra: 1 };
  expect(applyIgnoreChanges(news, olds, ["env.A", "env.C", "list[1]", "extra"])).toEqual({
    env: { A: "old", B: "new" },
    list: [3, 2],
  });
});
