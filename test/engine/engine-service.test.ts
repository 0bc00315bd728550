import { expect, test } from "vitest";
import { requireVersion } from "../../engine/engine-service.ts";
import { EngineProject } from "../support/engine-project.ts";

test("a version range is held against the CLI that the engine stands for", () => {
  requireVersion(">=3.200.0");
  requireVersion(">= 3.259");
  expect(() => {
    requireVersion(">=3.1000.0");
  }).toThrow('Pulumi CLI version 3.259.0 does not satisfy the version range ">=3.1000.0"');
  expect(() => {
    requireVersion("^3");
  }).toThrow('the version range "^3" needs the Pulumi CLI');
});

test("what the program logs is told with its severity and resource, debug is not", async () => {
  const project = new EngineProject(`
    const a = step("a");
    pulumi.log.debug("debug text");
    pulumi.log.info("info text");
    pulumi.log.warn("warn text", a);
  `);
  const { events } = await project.operate("preview");
  const told = events.flatMap(({ diagnosticEvent: d }) =>
    d ? [`${d.severity} ${d.urn?.split("::").at(-1) ?? "-"} ${d.message.trim()}`] : [],
  );
  expect(told.sort()).toEqual(["info - info text", "warning a warn text"]);
});
