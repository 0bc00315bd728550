/** Proves that a host lost between prepare and switch takes nothing from what serves, and that with it the next run goes on. */
import { existsSync, readFileSync, readlinkSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { verify } from "../../runtime/ledger.ts";
import { embedded } from "../support/engines.ts";
import { until } from "../support/kill.ts";
import { Project } from "../support/project.ts";

let project: Project;
beforeAll(async () => {
  project = await Project.make(embedded, { hosts: 2 });
  expect((await project.up("v1.0.0")).exitCode).toBe(0);
});
afterAll(async () => {
  // Its application is ended where it is.
  if (existsSync(`${folderOf(1)}.away`)) renameSync(`${folderOf(1)}.away`, folderOf(1));
  await project.remove();
});

const folderOf = (host: number): string => join(project.folder, `.switchback/host-${host}`);
const serving = (): Promise<string[]> => Promise.all([0, 1].map(async (host) => (await project.version(host)).release));
const rollout = (): string => (JSON.parse(readFileSync(inStore.attempt(project.store), "utf8")) as { id: string }).id;

/** Whether the rollout that was opened last has the release on all hosts. */
function isPrepared(before: string): boolean {
  const record = JSON.parse(readFileSync(inStore.step(project.store, "parcel-prepare"), "utf8")) as {
    state: string;
    rollout: string;
  };
  return record.state === "done" && record.rollout === rollout() && record.rollout !== before;
}

test("lost between prepare and switch: nothing is switched, and what served serves on every host", async () => {
  const before = rollout();
  await project.config("set", "switchback:release", "v1.1.0");
  const update = project.begin();
  await until(() => isPrepared(before), "the release on all hosts");
  renameSync(folderOf(1), `${folderOf(1)}.away`);
  const { exitCode, all } = await update;
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(
    /host-1: releases\/v1\.1\.0-\S+ is not there\. Was the host lost since it was prepared, or its disk\? When it is back: switchback up/,
  );
  expect(all).toContain("v1.1.0 was taken back: v1.0.0 serves.");
  expect(all).not.toMatch(/switching to v1\.1\.0|^\s+at .*:\d+:\d+\)?$/m);
  expect(await serving()).toEqual(["v1.0.0", "v1.0.0"]);
  expect(readlinkSync(join(folderOf(0), "current"))).toMatch(/^releases\/v1\.0\.0-/);
  expect([existsSync(folderOf(1)), verify(inStore.ledger(project.store))]).toEqual([false, []]);
  const { record } = await project.outputs();
  expect([record.serving, record.ended]).toEqual(["v1.0.0", "bad"]);
  expect(await project.schema()).toBe("0001");
});

test("and back: another rollout prepares it again, and the release serves on every host", async () => {
  renameSync(`${folderOf(1)}.away`, folderOf(1));
  const { exitCode, text } = await project.up();
  expect([exitCode, text.includes("v1.1.0 serves: ")]).toEqual([0, true]);
  expect(await serving()).toEqual(["v1.1.0", "v1.1.0"]);
  expect(await project.schema()).toBe("0002");
  expect((await project.up()).ran).toEqual([]);
});
