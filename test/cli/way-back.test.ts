// The way back from what serves, also where the last rollout does not know it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EnvironmentSettings } from "../../cli/environment.ts";
import { wayBackFrom } from "../../cli/way-back.ts";
import { makeRepository } from "../../examples/parcel/repository.ts";
import type { RolloutRecord } from "../../release/record.ts";
import { inStore } from "../../release/store.ts";
import { appendAll, good, plan } from "../report/entries.ts";

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
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const wayBack = { how: "code of v1.1.0", command: "switchback rollback v1.1.0" };

test("the state's own way back is the way back where it leads somewhere", async () => {
  expect(await wayBackFrom({ record, wayBack, activation: undefined, routes: [] }, settings)).toEqual(wayBack);
});

test("after a release was taken back, or once more, it leads to what served before", async () => {
  const again = { ...record, serving: "v1.1.0", plan: { ...plan, from: "v1.1.0" } };
  expect(await wayBackFrom({ record: again, wayBack, activation: undefined, routes: [] }, settings)).toEqual({
    how: "code of v1.0.0, then take back 0002",
    command: "switchback rollback v1.0.0",
  });
});

test("what serves first leads nowhere", async () => {
  const first = { ...record, serving: "v1.0.0", plan: { ...plan, from: "none" } };
  expect(
    await wayBackFrom(
      { record: first, wayBack: { how: "", command: "" }, activation: undefined, routes: [] },
      settings,
    ),
  ).toEqual({
    how: "there is no other release to go back to",
    command: "",
  });
});

test("before anything was released there is none", async () => {
  expect(await wayBackFrom(undefined, settings)).toBeUndefined();
});
