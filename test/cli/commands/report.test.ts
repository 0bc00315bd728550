// A rollout is reported by its id, its number or its release.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { good, takenBack } from "../../report/entries.ts";
import { FakeProject } from "./fake-project.ts";

let project: FakeProject;

beforeAll(() => {
  project = new FakeProject({}, [...good("1-a", "v1"), ...good("2-b", "v2"), ...takenBack("3-c", "v3", "v2")]);
});

afterAll(() => {
  project.remove();
});

test.each([
  [[], "3-c"],
  [["2"], "2-b"],
  [["#2"], "2-b"],
  [["1-a"], "1-a"],
  [["v2"], "2-b"],
])("%j is rollout %s", async (argv, id) => {
  const said = await project.run("report", ...argv);
  expect(said).toEqual({ exitCode: 0, stdout: `store/evidence/${id}/report.md`, stderr: "" });
  expect(existsSync(join(project.folder, said.stdout))).toBe(true);
});

test("as data", async () => {
  expect(JSON.parse((await project.run("report", "v2", "--json")).stdout)).toMatchObject({
    release: "v2",
    result: "good",
  });
});

test("refuses what the ledger does not know", async () => {
  expect(await project.run("report", "9")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: "switchback: report 9: there is no such rollout. Known: 1-a (v1), 2-b (v2), 3-c (v3)",
  });
});

test.each([["status"], ["history"], ["report"], ["rollback", "v1", "--yes"]])(
  "a state whose record is damaged is named by %s, in one line",
  async (...argv) => {
    const path = join(project.folder, "state.json");
    const good = readFileSync(path, "utf8");
    writeFileSync(path, good.replace(/"plan":"[^"]*"/, '"plan":"damaged"'));
    const said = await project.run(...argv);
    writeFileSync(path, good);
    expect(said).toEqual({
      ...{ exitCode: 1, stdout: "" },
      stderr:
        "switchback: the stack's state: what it remembers of the last rollout is damaged: record.plan cannot be unpacked. Put the state back from a copy: pulumi stack import --file COPY",
    });
  },
);
