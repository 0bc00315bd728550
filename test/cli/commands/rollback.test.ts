// Where one cannot go back to is said with where one can; nothing is changed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeRepository } from "../../../examples/parcel/repository.ts";
import { cutOff, good, takenBack } from "../../report/entries.ts";
import { FakeProject } from "./fake-project.ts";

let project: FakeProject;

beforeAll(async () => {
  const ledger = [
    ...[...good("1-a", "v1.0.0"), ...good("2-b", "v1.1.0"), ...takenBack("3-c", "v1.3.0-broken", "v1.1.0")],
    ...[...good("4-d", "v1.2.0"), ...good("5-e", "v1.1.0"), ...cutOff("6-f", "v1.4.0-broken")],
  ];
  project = new FakeProject({ rollout: "6-f", serving: "v1.1.0", left: { "v1.2.0": "5-e" } }, ledger);
  await makeRepository(join(project.folder, "app"));
});

afterAll(() => {
  project.remove();
});

test.each([
  ["v1.1.0", "switchback: rollback v1.1.0: v1.1.0 serves already. One can go back to: v1.0.0"],
  ["v9", "switchback: rollback v9: never served here. One can go back to: v1.0.0"],
  ["v1.3.0-broken", "switchback: rollback v1.3.0-broken: never served here. One can go back to: v1.0.0"],
  ["v1.4.0-broken", "switchback: rollback v1.4.0-broken: never served here. One can go back to: v1.0.0"],
  [
    "v1.2.0",
    "switchback: rollback v1.2.0: was left by rollback 5-e. One can go back to: v1.0.0\n" +
      "To release it all the same: switchback up --release v1.2.0 --again",
  ],
])("not to %s", async (release, message) => {
  expect(await project.run("rollback", release, "--yes")).toEqual({ exitCode: 1, stdout: "", stderr: message });
  expect(readFileSync(join(project.folder, "Pulumi.staging.yaml"), "utf8")).toBe(project.stackFile);
});

test("what was released first leads nowhere", async () => {
  const first = new FakeProject({ rollout: "1-a", serving: "v1.0.0" }, good("1-a", "v1.0.0"));
  expect(await first.run("rollback", "--yes")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: "switchback: rollback: v1.0.0 serves. There is no other release to go back to.",
  });
  first.remove();
});

test("nobody to ask is no yes", async () => {
  expect((await project.run("rollback", "v1.0.0")).stderr).toBe(
    "switchback: nobody is here to answer: this is no terminal. Nothing was changed. To go on without being asked: --yes",
  );
});
