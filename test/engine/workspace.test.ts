import { expect, test, vi } from "vitest";
import { Backend } from "../../engine/backend.ts";
import { findProject } from "../../engine/project-file.ts";
import { parseStackName, selectedStack, selectStack } from "../../engine/workspace.ts";
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
  expect(parseStackName("organization/other/dev", "case")).toEqual({ project: "other", stack: "dev" });
});

test.each([
  ["bad/name/x", "organization name must be 'organization'"],
  [
    "a!b",
    "a stack name may only contain alphanumeric, hyphens, underscores, or periods: invalid character '!' at position 1",
  ],
  ["organization/", "a stack name may not be empty"],
])("%s is no stack name", (text, message) => {
  expect(() => parseStackName(text, "case")).toThrow(message);
});
