// Routes are written as the application lists them, for review.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { good } from "../../report/entries.ts";
import { FakeProject } from "./fake-project.ts";

function projectWith(steps: readonly object[]): FakeProject {
  const project = new FakeProject({}, good("1-a", "v1"), steps);
  onTestFinished(() => {
    project.remove();
  });
  return project;
}

/** A check of the routes that `printed` lists. */
function check(printed: string) {
  const argv = [process.execPath, "-e", `console.log(${JSON.stringify(printed)})`];
  const target = { directory: "host", folder: "current", environment: {}, secrets: {}, timeoutSeconds: 20 };
  return { action: "actions/checks/routes", args: { ...target, argv, baseline: "routes.txt", allowed: ["GET /new"] } };
}

test("the file is written, and what to do next is said", async () => {
  const project = projectWith([check("GET /orders\nPOST /orders")]);
  mkdirSync(join(project.folder, "host/current"), { recursive: true });
  expect(await project.run("baseline")).toEqual({
    ...{ exitCode: 0, stderr: "" },
    stdout: "routes.txt: 2 routes. Review what has changed: git diff routes.txt",
  });
  expect(readFileSync(join(project.folder, "routes.txt"), "utf8")).toContain(`{"method":"POST","uri":"orders"}`);
  expect(JSON.parse((await project.run("baseline", "--json")).stdout)).toEqual([{ baseline: "routes.txt", routes: 2 }]);
});

test("where the application lists nothing, the baseline stays", async () => {
  const project = projectWith([check("")]);
  mkdirSync(join(project.folder, "host/current"), { recursive: true });
  writeFileSync(join(project.folder, "routes.txt"), "GET /orders\n");
  const { exitCode, stderr } = await project.run("baseline");
  expect([exitCode, stderr.split("\n").length]).toEqual([1, 1]);
  expect(readFileSync(join(project.folder, "routes.txt"), "utf8")).toBe("GET /orders\n");
});

test("a pipeline that compares no routes has no baseline", async () => {
  expect((await projectWith([]).run("baseline")).stderr).toBe(
    "switchback: staging: nothing that was released here compares routes with a baseline",
  );
});
