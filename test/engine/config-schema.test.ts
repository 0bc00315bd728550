/** What Pulumi.yaml says of configuration values. */
import { expect, test } from "vitest";
import { validateConfiguration } from "../../engine/config-schema.ts";
import type { PropertyMap } from "../../engine/property-value.ts";
import { findProject } from "../../engine/workspace.ts";
import { EngineProject } from "../support/engine-project.ts";

function validate(declared: PropertyMap, set: PropertyMap): void {
  const files = { "Pulumi.yaml": JSON.stringify({ name: "case", runtime: "nodejs", config: declared }) };
  const project = findProject(new EngineProject("", { files }).directory);
  if (!project) throw new Error("no project");
  validateConfiguration(project, "dev", set);
}

test.each<[PropertyMap, PropertyMap, string]>([
  [
    { pass: { type: "string" }, size: { type: "integer" } },
    { "case:x": "y" },
    "is missing configuration values 'pass' and 'size'",
  ],
  [{ size: { type: "integer" } }, { "case:size": "big" }, "with configuration key 'size' must be of type 'integer'"],
  [{ on: { type: "boolean" } }, { "case:on": "perhaps" }, "with configuration key 'on' must be of type 'boolean'"],
  [
    { tags: { type: "array", items: { type: "string" } } },
    { "case:tags": "x" },
    "with configuration key 'tags' must be of type 'array<string>'",
  ],
  [
    { pass: { type: "string", secret: true } },
    { "case:pass": "open" },
    "with configuration key 'pass' must be encrypted as it's secret",
  ],
])("a declaration is held against the values: %j", (declared, set, message) => {
  expect(() => {
    validate(declared, set);
  }).toThrow(`validating stack config: Stack 'dev' ${message}`);
});

test("what fits is taken, and so is a secret, whatever its type", () => {
  const list = { type: "array", items: { type: "integer" } };
  const declared = { size: { type: "integer" }, list, on: { type: "boolean" }, any: { type: "object" } };
  validate(declared, { "case:size": "3", "case:list": [1, 2], "case:on": true, "case:any": { secure: "v1:x" } });
});
