// Where one can go back to, planned as the pipeline will plan it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EnvironmentSettings } from "../../cli/environment.ts";
import { firstBehind, planReturn, targetsOf } from "../../cli/targets.ts";
import { makeRepository } from "../../examples/parcel/repository.ts";
import type { RolloutRecord } from "../../release/record.ts";
import { inStore } from "../../release/store.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { appendAll, cutOff, good, plan, takenBack } from "../report/entries.ts";

let folder: string;
let settings: EnvironmentSettings;
const record: RolloutRecord = {
  ...{ rollout: "3-c", after: "none", asked: "v1.2.0", configuration: "x", serving: "v1.2.0", ended: "good" },
  ...{ left: {}, plan },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "switchback-targets-"));
  await makeRepository(join(folder, "repository"));
  settings = {
    ...{
      address: "http://127.0.0.1:1",
      store: join(folder, "store"),
      hosts: [],
      database: join(folder, "none.sqlite"),
    },
    repository: { path: join(folder, "repository"), migrations: "migrations" },
  };
  appendAll(inStore.ledger(settings.store), [
    ...good("1-a", "v1.0.0"),
    ...good("2-b", "v1.1.0"),
    ...good("3-c", "v1.2.0"),
  ]);
  const backup = join(settings.store, "backups", "3-c-v1.1.0");
  mkdirSync(backup, { recursive: true });
  const manifest = {
    ...{ id: "3-c-v1.1.0", release: "v1.1.0", rollout: "3-c", schema: "0002", digest: "d", sizeBytes: 1, content: {} },
    takenAt: "2026-01-02T03:00:00.000Z",
    provenAt: "2026-01-02T03:00:01.000Z",
  };
  writeFileSync(join(backup, "manifest.json"), JSON.stringify(manifest));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const history = [...good("1-a", "v1"), ...good("2-b", "v2"), ...takenBack("3-c", "v3", "v2"), ...cutOff("4-d", "v4")];

test.each([
  { about: "what served before, the last first", serving: "v9", left: {}, targets: ["v2", "v1"] },
  { about: "not what serves now", serving: "v2", left: {}, targets: ["v1"] },
  { about: "not what a person left", serving: "v9", left: { v2: "5-e" }, targets: ["v1"] },
])("$about", ({ serving, left, targets }) => {
  expect(targetsOf(rolloutsOf(history), { ...record, serving, left })).toEqual(targets);
});

test("a release that served twice is one target, as of the last time", () => {
  expect(targetsOf(rolloutsOf([...history, ...good("5-e", "v1")]), { ...record, serving: "v9" })).toEqual(["v1", "v2"]);
});

test("going back over a restore names the backup", async () => {
  expect(await planReturn("v1.1.0", record, settings)).toMatchObject({
    plan: { release: "v1.1.0", from: "v1.2.0", direction: "back", before: { kind: "restore", backup: "3-c-v1.1.0" } },
    rollbackFrom: "v1.2.0",
    restore: "3-c-v1.1.0",
  });
});

test("going back over a reversible migration needs none", async () => {
  expect(await planReturn("v1.0.0", { ...record, serving: "v1.1.0" }, settings)).toMatchObject({
    plan: { before: { kind: "up", migrations: [] }, after: { kind: "down", revisions: ["0002"] } },
    rollbackFrom: "v1.1.0",
    restore: undefined,
  });
});

test("what cannot be gone back to is refused in the pipeline's words", async () => {
  const without = { ...settings, store: join(folder, "empty") };
  expect(await planReturn("v1.1.0", record, without)).toEqual({
    refusal: expect.stringContaining(
      "going back to v1.1.0 needs a proven backup of schema 0002, and the store has none.",
    ) as string,
  });
});

test("the first that lies behind what serves is found, or none", async () => {
  const serving = { ...record, serving: "v1.1.0" };
  expect(await firstBehind(["v1.2.0", "v1.0.0"], serving, settings)).toMatchObject({ release: "v1.0.0" });
  expect(await firstBehind(["v1.2.0"], serving, settings)).toBeUndefined();
});
