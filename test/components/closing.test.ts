/** What follows when a release is well: rehearsal, certificate, sign-off, each after the one before. */
import { expect, test } from "vitest";
import { freeSpace } from "../../actions/checks/free-space.ts";
import { call } from "../../components/call.ts";
import { canRehearse } from "../../components/rehearsal.ts";
import { register, type Seen } from "../support/mocks.ts";
import { config, makePipeline, plan, planning, receipts } from "../support/pipeline.ts";

const space = call(freeSpace, { path: "store", megabytes: 1 });
const closing = {
  rehearsal: { between: { column: space }, after: { tests: space } },
  certification: { checks: { twice: space }, workOrder: "WO-17" },
};
const pass = { verdict: "pass", seen: "well", from: "here", at: "2026-01-02T03:04:05.000Z" };
const answers = {
  ...receipts,
  "shop-rehearsal-round-trip": { down: "took back 0003, 0002", up: "applied 0002, 0003" },
  "shop-rehearsal-tests": pass,
  "shop-rehearsal-gate": { decision: "go" },
  "shop-certification-twice": pass,
  "shop-certification-gate": { decision: "go" },
  "shop-certification-certificate": { certificate: "files/c.md", sha256: "d" },
};

const steps = (seen: readonly Seen[]): string[] =>
  seen.flatMap(({ type, name }) => (type === "command:local:Command" ? [name] : []));
const specOf = (seen: readonly Seen[], name: string) =>
  JSON.parse(String(seen.find((one) => one.name === name && one.type === "command:local:Command")?.inputs.stdin)) as {
    last?: boolean;
    args: Record<string, unknown>;
  };
const endings = (seen: readonly Seen[]): string[] => steps(seen).filter((name) => specOf(seen, name).last);

test("a release that brings migrations is rehearsed, certified and signed off; one step ends the rollout", async () => {
  const seen = await register(answers, () => makePipeline(planning(), closing));
  const behind = steps(seen).slice(steps(seen).indexOf("shop-smoke-gate") + 1);
  expect([...behind].sort()).toEqual([
    ...["shop-certification-certificate", "shop-certification-gate", "shop-certification-twice"],
    ...["shop-rehearsal-gate", "shop-rehearsal-round-trip", "shop-rehearsal-tests", "shop-sign-off"],
  ]);
  expect(endings(seen)).toEqual(["shop-sign-off"]);
  const { args } = specOf(seen, "shop-rehearsal-round-trip");
  expect(args).toMatchObject({
    down: { args: { revisions: ["0003", "0002"] } },
    up: { args: { apply: [{ revision: "0002" }, { revision: "0003" }] } },
    between: { column: { blocks: ["fail", "unknown"] } },
  });
  expect(specOf(seen, "shop-certification-certificate").args).toEqual({
    ...{ environment: "staging", gate: "shop-certification-gate", workOrder: "WO-17" },
  });
});

test.each<[string, object, string]>([
  ["a certificate", closing, "shop-certification-certificate"],
  ["a rehearsal", { rehearsal: closing.rehearsal }, "shop-rehearsal-gate"],
  ["its checks", {}, "shop-smoke-gate"],
])("where a person signs off, the rollout ends with %s", async (_, differing, last) => {
  const given = { ...config, policies: { ...config.policies, signOff: "person" as const } };
  const seen = await register(answers, () => makePipeline(planning(), differing, given));
  expect(endings(seen)).toEqual([last]);
});

test("without migrations to take down there is nothing to rehearse", async () => {
  const plain = planning({ undo: { before: [], after: [] } });
  const seen = await register(answers, () => makePipeline(plain, { rehearsal: closing.rehearsal }));
  expect(steps(seen).filter((name) => name.includes("rehearsal"))).toEqual([]);
  expect([canRehearse(plan), canRehearse({ ...plan, direction: "back" })]).toEqual([true, false]);
});
