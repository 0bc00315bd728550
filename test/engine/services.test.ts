import { expect, test } from "vitest";
import { requireVersion } from "../../engine/services.ts";
import { EngineProject } from "../support/engine-project.ts";

test("local.run answers the program, runs in previews, and its failure is an error of the program", async () => {
  const project = new EngineProject(`
    export const out = local.runOutput({ command: "echo ran >> $TRACE; cat", stdin: "in" }).stdout;
    if (stage === "2") local.runOutput({ command: "echo why >&2; exit 4" }).stdout.apply(() => {});
  `);
  await project.operate("preview");
  expect(project.trace()).toEqual(["ran"]);
  await project.operate("up");
  expect(project.resource("case-dev").outputs).toEqual({ out: "in" });
  project.config({ stage: "2" });
  const { problems } = await project.operate("preview");
  expect(problems[0]).toContain(
    'invocation of command:local:run returned an error: exit status 4: running "echo why >&2; exit 4":\nwhy',
  );
});

test.each([
  ["a hook", `new pulumi.ResourceHook("h", () => {});`, "a resource hook needs the Pulumi CLI"],
  ["a transform", `pulumi.runtime.registerResourceTransform(() => undefined);`, "a transform needs the Pulumi CLI"],
  ["a Stash", `new pulumi.Stash("s", { input: 1 });`, "the built-in resource pulumi:index:Stash needs the Pulumi CLI"],
  ["an import", `step("a", {}, { import: "x" });`, 'command:local:Command "a": the import option needs the Pulumi CLI'],
])("%s is refused by name", async (_, program, message) => {
  const { code, problems } = await new EngineProject(program).operate("preview");
  expect({ code, problems }).toEqual({ code: 1, problems: [message] });
});

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
