/** A whole pipeline, written down: which steps there are, what each is told, and what comes out of it. */
import { unpackRecord } from "../../actions/rollout/unpack-record.ts";
import { expect, test } from "vitest";
import { withoutBackup } from "../../components/no-backup.ts";
import { readSpec, type Spec } from "../../runtime/spec.ts";
import { keep, register, type Seen } from "../support/mocks.ts";
import { config, makePipeline, planning, plan, receipts } from "../support/pipeline.ts";

const steps = (seen: readonly Seen[]): Seen[] => seen.filter(({ type }) => type === "command:local:Command");
function specOf(seen: readonly Seen[], name: string): Spec {
  const found = seen.find((one) => one.name === name && one.type === "command:local:Command");
  return readSpec(String(found?.inputs.stdin));
}
function environmentOf(seen: readonly Seen[], name: string): Record<string, string> {
  const { environment } = steps(seen).find((one) => one.name === name)?.inputs ?? {};
  const given = environment as Record<string, string> & { "[secret]"?: Record<string, string> };
  return given["[secret]"] ?? given;
}
const actions = (calls: unknown): unknown[] =>
  (calls as { action: string }[]).map(({ action }) => action.split("/").at(-1));

test("every component makes its steps, each named after what it belongs to", async () => {
  const seen = await register(receipts, () => makePipeline());
  expect(seen.map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`).sort()).toEqual(
    [
      ...[
        "Environment environment",
        "RandomPassword environment-maintenance-bypass",
        "RandomPassword environment-session",
      ],
      ...["ReleasePipeline shop", "Rollout shop-rollout", "Command shop-rollout-open"],
      ...["Preflight shop-preflight", "Command shop-preflight-space", "Command shop-preflight-gate"],
      ...["Build shop-build", "Command shop-build", "Prepare shop-prepare", "Command shop-prepare"],
      ...["Backup shop-backup", "Command shop-backup-take", "Command shop-backup-prove"],
      ...["Schema shop-schema-before", "Command shop-schema-before", "Activation shop-activation"],
      ...["Command shop-activation", "Schema shop-schema-after", "Command shop-schema-after", "Smoke shop-smoke"],
      ...[
        "Command shop-smoke-page",
        "Command shop-smoke-space",
        "Command shop-smoke-decision",
        "Command shop-smoke-gate",
      ],
      ...["SignOff shop-sign-off", "Command shop-sign-off"],
    ].sort(),
  );
});

test("what only earlier steps know travels around the specification: the rollout's id, and what each demands", async () => {
  const seen = await register(receipts, () => makePipeline());
  const needs = Object.fromEntries(
    steps(seen).map(({ name }) => [
      name.replace("shop-", ""),
      Object.keys(environmentOf(seen, name))
        .filter((variable) => variable.startsWith("SWITCHBACK_NEEDS_"))
        .map((variable) => variable.replace("SWITCHBACK_NEEDS_", ""))
        .sort(),
    ]),
  );
  expect(needs).toEqual({
    ...{ "rollout-open": [], "preflight-space": [], "preflight-gate": ["VERDICTS"], build: [], prepare: ["ARTIFACT"] },
    ...{
      "backup-take": [],
      "backup-prove": ["BACKUP"],
      "schema-before": ["BACKUP", "PREPARED"],
      activation: ["PREPARED"],
    },
    ...{ "schema-after": ["BACKUP", "PREPARED", "SERVING"], "smoke-page": ["SERVING"], "smoke-space": ["SERVING"] },
    ...{ "smoke-decision": ["BACKUP", "DOUBTS", "SCHEMA", "SERVING"], "smoke-gate": ["DECISION", "VERDICTS"] },
    "sign-off": ["ARTIFACT", "GATE"],
  });
  const rollouts = steps(seen).map(({ name }) => environmentOf(seen, name).SWITCHBACK_ROLLOUT);
  expect(new Set(rollouts)).toEqual(new Set([undefined, "2-b"]));
});

test("a secret goes only to the steps that need it, and into no specification", async () => {
  const seen = await register(receipts, () => makePipeline());
  const given = Object.fromEntries(
    steps(seen).flatMap(({ name }) => {
      const secrets = Object.keys(environmentOf(seen, name)).filter((one) => one.startsWith("SWITCHBACK_SECRET_"));
      return secrets.length > 0 ? [[name, secrets.map((one) => one.replace("SWITCHBACK_SECRET_", "")).sort()]] : [];
    }),
  );
  expect(given).toEqual({
    ...{ "shop-rollout-open": ["CONFIGURATION"], "shop-prepare": ["SESSION", "SMTP"] },
    "shop-smoke-decision": ["MAINTENANCE_BYPASS"],
  });
  const texts = steps(seen).map(({ inputs }) => String(inputs.stdin));
  expect(texts.filter((text) => text.includes("smtp secret") || text.includes("made-up-"))).toEqual([]);
});

test("a proof carries no counts: they differ every time and mean nothing", async () => {
  const seen = await register(receipts, () => makePipeline());
  const serving = JSON.parse(environmentOf(seen, "shop-schema-after").SWITCHBACK_NEEDS_SERVING ?? "") as object;
  expect(serving).toEqual({
    ...{ release: "v2", folder: "v2-f", before: "v1-f", reverted: false, why: "", verified: true },
  });
});

test("only checks that did not pass reach the decision, with how to ask them again", async () => {
  const seen = await register(receipts, () => makePipeline());
  expect(JSON.parse(environmentOf(seen, "shop-smoke-decision").SWITCHBACK_NEEDS_DOUBTS ?? "")).toEqual({
    page: {
      check: { action: "actions/checks/http", args: { url: "http://127.0.0.1:4180", status: 200, timeoutSeconds: 10 } },
      ...{ timeoutSeconds: 60, blocks: ["fail", "unknown"], first: receipts["shop-smoke-page"] },
    },
  });
});

test("a release forward is taken back as the mirror of how it came; one step ends the rollout", async () => {
  const seen = await register(receipts, () => makePipeline());
  const { back, rest } = specOf(seen, "shop-smoke-decision").args as { back: unknown; rest: unknown };
  expect([actions(back), actions(rest)]).toEqual([["down", "go-back", "down"], ["down"]]);
  expect((back as { args: { revisions: string[] } }[]).map(({ args }) => args.revisions)).toEqual([
    ...[["0003"], undefined, ["0002"]],
  ]);
  expect(steps(seen).flatMap(({ name }) => (specOf(seen, name).last ? [name] : []))).toEqual(["shop-sign-off"]);
});

test.each<[string, Parameters<typeof planning>[0], unknown[][]]>([
  ["restored", { wayBack: "restore", undo: { before: [], after: ["0002"] } }, [["restore", "go-back"], []]],
  ["left with its schema", { wayBack: "compatible", undo: { before: [], after: [] } }, [["go-back"], []]],
  ["not taken back at all", { wayBack: "none" }, [[], []]],
  ["not taken back, because it is where one went back to", { direction: "back" }, [[], []]],
  ["not taken back, because it is the first", { direction: "first", wayBack: "nothing" }, [[], []]],
])("a release can be %s", async (_, differing, wanted) => {
  const seen = await register(receipts, () => makePipeline(planning(differing)));
  const { back, rest } = specOf(seen, "shop-smoke-decision").args as { back: unknown; rest: unknown };
  expect([actions(back), actions(rest)]).toEqual(wanted);
});

test("a restore has the secret of the maintenance page, and takes the page down when it fails", async () => {
  const before = { kind: "restore", backup: "1-a-v1" } as const;
  const seen = await register(receipts, () => makePipeline(planning({ direction: "back", before })));
  const { args, onFailure } = specOf(seen, "shop-schema-before");
  expect(args).toMatchObject({ backup: "1-a-v1", onlyWithoutLoss: false, database: "shop.sqlite" });
  expect(actions(onFailure)).toEqual(["end-maintenance"]);
  expect(environmentOf(seen, "shop-schema-before")).toHaveProperty("SWITCHBACK_SECRET_MAINTENANCE_BYPASS");
});

test("revisions are taken down by the migration tool", async () => {
  const seen = await register(receipts, () =>
    makePipeline(planning({ before: { kind: "down", revisions: ["0003"] } })),
  );
  expect(specOf(seen, "shop-schema-before")).toMatchObject({
    ...{
      action: "actions/migrations/sql-files/down",
      args: { database: "shop.sqlite", revisions: ["0003"] },
      survives: true,
    },
  });
});

test("where a person signs off, the gate ends the rollout", async () => {
  const policies = { ...config.policies, signOff: "person" as const };
  const seen = await register(receipts, () => makePipeline(planning(), {}, { ...config, policies }));
  expect(seen.filter(({ type }) => type.endsWith(":SignOff"))).toEqual([]);
  expect(specOf(seen, "shop-smoke-gate").last).toBe(true);
});

test("a pipeline without a backup says why where a reviewer sees it", async () => {
  const seen = await register(receipts, () =>
    makePipeline(planning(), { backup: withoutBackup("rebuilt", "rebuilt nightly") }),
  );
  const { inputs } = seen.find(({ type }) => type.endsWith(":BackupWaiver")) ?? {};
  expect(inputs).toEqual({ reason: "rebuilt nightly" });
  expect(seen.filter(({ name }) => name.startsWith("shop-backup"))).toEqual([]);
});

/** The outputs of a pipeline whose decision is given. */
async function outputsOf(decision: object, differing: Parameters<typeof planning>[0] = {}) {
  const outputs: Record<string, unknown> = {};
  await register({ ...receipts, "shop-smoke-decision": { table: "", why: "", ...decision } }, () => {
    const pipeline = makePipeline(planning(differing));
    outputs.asked = pipeline.asked;
    keep(outputs, "serving", pipeline.serving);
    keep(outputs, "rollout", pipeline.rollout);
    keep(outputs, "wayBack", pipeline.wayBack);
    keep(outputs, "record", pipeline.record.apply(unpackRecord));
  });
  return outputs;
}
const record = { rollout: "2-b", store: "5709e1d0", after: "none", asked: "v2", configuration: "digest", left: {} };

test("the outputs say what serves, how one gets back, and what the next rollout starts from", async () => {
  expect(await outputsOf({ decision: "go", serving: "v2" })).toEqual({
    ...{ asked: "v2", serving: "v2", rollout: "2-b" },
    wayBack: {
      how: "migration 0003 down, then code of v1, then migration 0002 down",
      command: "switchback rollback v1",
    },
    record: { ...record, serving: "v2", ended: "good", plan },
  });
});

test("after a revert they say that, too", async () => {
  expect(await outputsOf({ decision: "reverted", serving: "v1" })).toEqual({
    ...{
      asked: "v2",
      serving: "v1",
      rollout: "2-b",
      wayBack: { how: "to the release that served before", command: "switchback rollback" },
    },
    record: { ...record, serving: "v1", ended: "bad", plan },
  });
});

test("after going back the way back is to release what was left again", async () => {
  const { wayBack, record: kept } = await outputsOf(
    { decision: "stays", serving: "v2" },
    { direction: "back", from: "v3" },
  );
  expect(wayBack).toEqual({ how: "release v3 again", command: "switchback up --release v3 --again" });
  expect(kept).toMatchObject({ ended: "stays", left: { v3: "2-b" } });
});
