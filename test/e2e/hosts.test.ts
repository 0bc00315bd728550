/** Proves that an activation is one decision whatever the number of hosts: all of them serve the release, or none does. */
import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded } from "../support/engines.ts";
import { Project } from "../support/project.ts";

let project: Project;
beforeAll(async () => {
  project = await Project.make(embedded, { hosts: 3 });
});
afterAll(async () => {
  await project.remove();
});

const serving = (): Promise<string[]> =>
  Promise.all([0, 1, 2].map(async (host) => (await project.version(host)).release));

test("three hosts serve one release", async () => {
  expect((await project.up("v1.0.0")).exitCode).toBe(0);
  expect(await serving()).toEqual(["v1.0.0", "v1.0.0", "v1.0.0"]);
});

test("one host that does not come up takes all of them back", async () => {
  // The port of the last host is wrong in the new configuration: its new workers listen where nobody asks.
  const free = (project.ports[2] ?? 0) + 1;
  project.edit((text) => text.replace(`PORT: "${project.ports[2] ?? 0}"`, `PORT: "${free}"`));
  const run = await project.up("v1.1.0");
  expect(run.exitCode).not.toBe(0);
  expect(run.text).toContain("v1.1.0 was taken back: v1.0.0 serves.");
  expect(run.text).toContain("host-2: ");
  expect(await serving()).toEqual(["v1.0.0", "v1.0.0", "v1.0.0"]);
  const folders = [0, 1, 2].map((host) => readlinkSync(join(project.folder, `.switchback/host-${host}/current`)));
  expect(folders.every((folder) => folder.startsWith("releases/v1.0.0-"))).toBe(true);
  const { record } = await project.outputs();
  expect({ serving: record.serving, ended: record.ended }).toEqual({ serving: "v1.0.0", ended: "bad" });
  expect(await project.schema()).toBe("0001");
});

test("mended, the same release serves on all of them", async () => {
  project.edit((text) =>
    text.replace(
      /PORT: "\d+", HOST_ADDRESS: 127.0.0.1 }\n {4}store/,
      `PORT: "${project.ports[2] ?? 0}", HOST_ADDRESS: 127.0.0.1 }\n    store`,
    ),
  );
  const run = await project.up();
  expect(run.exitCode).toBe(0);
  expect(await serving()).toEqual(["v1.1.0", "v1.1.0", "v1.1.0"]);
});
