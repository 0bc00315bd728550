import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { Backend } from "../../engine/backend.ts";
import { findProject, parseStackName, selectedStack, selectStack } from "../../engine/workspace.ts";
import { EngineProject } from "../support/engine-project.ts";

test("the selected stack is remembered per project and backend", () => {
  const files = new EngineProject();
  vi.stubEnv("PULUMI_HOME", files.environment.PULUMI_HOME);
  const project = findProject(files.directory);
  if (!project) throw new Error("no project");
  const backend = new Backend(`file://${files.backend}`);
  expect(selectedStack(project, backend)).toEqual({ project: "case", stack: "dev" });
  selectStack(project, backend, { project: "case", stack: "other" });
  expect(selectedStack(project, backend)?.stack).toBe("other");
  selectStack(project, backend, undefined);
  expect(selectedStack(project, backend)).toBeUndefined();
  vi.unstubAllEnvs();
});

test("a stack name may have its project and organization in front", () => {
  expect(parseStackName("dev", "case")).toEqual({ project: "case", stack: "dev" });
  expect(parseStackName("organization/dev", "case")).toEqual({ project: "case", stack: "dev" });
  expect(parseStackName("organization/other/dev", "case")).toEqual({ project: "other", stack: "dev" });
});

test.each(["bad/name/x", "a!b", "organization/", "x".repeat(101)])("%s is no stack name", (text) => {
  expect(() => parseStackName(text, "case")).toThrow(
    `invalid stack name '${text}': it is 1 to 100 letters, digits, hyphens, underscores or periods, ` +
      "after organization/ or organization/PROJECT/",
  );
});

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
