import { expect, test } from "vitest";
import {
  configKey,
  configPlace,
  configText,
  parsePropertyPath,
  stackConfiguration,
  validateConfiguration,
} from "../../engine/configuration.ts";
import { findProject } from "../../engine/project-file.ts";
import { StackFile } from "../../engine/stack-file.ts";
import { EngineProject } from "../support/engine-project.ts";
import type { Project } from "../../engine/project-file.ts";

const header = "name: case\nruntime: nodejs\nconfig:\n";

function open(
  projectConfig: string,
  stackConfig: string,
): { project: Project; values: ReturnType<typeof stackConfiguration> } {
  const files = { "Pulumi.yaml": header + projectConfig, "Pulumi.dev.yaml": `config:\n${stackConfig}` };
  const project = findProject(new EngineProject("", { files }).directory);
  if (!project) throw new Error("no project");
  return { project, values: stackConfiguration(project, new StackFile(project, "dev")) };
}

test("the stack's values stand over the project's, which may be values, defaults or objects of any namespace", () => {
  const { values } = open(
    "  case:region: { type: string, default: eu }\n  size: 3\n  other:key: { value: { a: [1] } }\n",
    "  case:size: '4'\n  old:config:name: x\n",
  );
  expect(values).toEqual({ "case:region": "eu", "case:size": "4", "old:name": "x", "other:key": { a: [1] } });
  expect(configText({ b: 1, a: { d: 1, c: 2 } })).toBe('{"a":{"c":2,"d":1},"b":1}');
});

test.each([
  [
    "  pass: { type: string }\n  size: { type: integer }\n",
    "  case:x: y\n",
    "is missing configuration values 'pass' and 'size'",
  ],
  ["  size: { type: integer }\n", "  case:size: big\n", "with configuration key 'size' must be of type 'integer'"],
  ["  on: { type: boolean }\n", "  case:on: 'perhaps'\n", "with configuration key 'on' must be of type 'boolean'"],
  [
    "  tags: { type: array, items: { type: string } }\n",
    "  case:tags: x\n",
    "with configuration key 'tags' must be of type 'array<string>'",
  ],
  [
    "  pass: { type: string, secret: true }\n",
    "  case:pass: open\n",
    "with configuration key 'pass' must be encrypted as it's secret",
  ],
])("a declaration is held against the values: %j", (projectConfig, stackConfig, message) => {
  const { project, values } = open(projectConfig, stackConfig);
  expect(() => {
    validateConfiguration(project, "dev", values);
  }).toThrow(`validating stack config: Stack 'dev' ${message}`);
});

test("keys have a namespace, paths lead into values", () => {
  expect(configKey("name", "case")).toBe("case:name");
  expect(() => configKey("a:b:c", "case")).toThrow("invalid configuration key");
  expect(configPlace('other:a.b[0]["c.d"]', "case", true)).toEqual({ key: "other:a", path: ["b", 0, "c.d"] });
  expect(configPlace("a.b", "case", false)).toEqual({ key: "case:a.b", path: [] });
  expect(parsePropertyPath("triggers[*]")).toEqual(["triggers", "*"]);
});
