import { join } from "node:path";
import { expect, test } from "vitest";
import { findProject } from "../../engine/project-file.ts";
import { EngineProject } from "../support/engine-project.ts";

test("the project is found from below, with its program and where that runs", () => {
  const project = new EngineProject("", { files: { "deep/er/x": "" } });
  expect(findProject(join(project.directory, "deep", "er"))).toMatchObject({
    name: "case",
    root: project.directory,
    programDirectory: project.directory,
    program: "index.ts",
    options: { typescript: false },
  });
  expect(findProject("/")).toBeUndefined();
});

test("a main folder becomes the program's directory", () => {
  const project = new EngineProject("", {
    files: { "Pulumi.yaml": "name: x\nruntime: nodejs\nmain: app\n", "app/index.js": "" },
  });
  expect(findProject(project.directory)).toMatchObject({
    programDirectory: join(project.directory, "app"),
    program: ".",
  });
});

test.each([
  ["runtime: nodejs\n", "project is missing a 'name' attribute"],
  ["name: x\n", "project is missing a 'runtime' attribute"],
  ["name: x\nruntime: python\n", 'the runtime "python" needs the Pulumi CLI'],
  ["name: [", "could not load project"],
])("%j is refused", (yaml, message) => {
  const project = new EngineProject("", { files: { "Pulumi.yaml": yaml } });
  expect(() => findProject(project.directory)).toThrow(message);
});
