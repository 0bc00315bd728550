/** Checks as steps, and as questions that a gate asks again. */
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { freeSpace } from "../../actions/checks/free-space.ts";
import { call } from "../../components/call.ts";
import { ask, questionsOf } from "../../components/question.ts";
import { keep, register } from "../support/mocks.ts";
import { config } from "../support/pipeline.ts";

const checks = { space: call(freeSpace, { path: "store", megabytes: 1 }) };
const check = { action: "actions/checks/free-space", args: { path: "store", megabytes: 1, inodesPercent: 5 } };

test.each<["block" | "allow", "block" | "allow", string[]]>([
  ["block", "allow", ["fail", "unknown"]],
  ["allow", "allow", ["fail"]],
  ["block", "block", ["fail", "unknown", "warn"]],
])("with unknown: %s and warn: %s these verdicts block", (unknown, warn, blocks) => {
  const policies = { ...config.policies, unknown, warn };
  expect(questionsOf(checks, "v2", { ...config, policies })).toEqual({ space: { check, timeoutSeconds: 60, blocks } });
});

test("every check is a step named after it, and its verdict comes back by its name", async () => {
  const verdicts: Record<string, unknown> = {};
  const verdict = { verdict: "pass", seen: "room", from: "here" };
  const seen = await register({ "shop-space": verdict }, () => {
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
    const scope = { release: "v2", store: "store", rollout: pulumi.output("2-b") };
    const asked = ask("shop", checks, scope, { parent, needs: {} });
    for (const [name, answer] of Object.entries(asked)) keep(verdicts, name, answer);
  });
  expect([seen.map(({ name }) => name), verdicts]).toEqual([["parent", "shop-space"], { space: verdict }]);
});
