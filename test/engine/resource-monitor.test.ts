import { expect, test } from "vitest";
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
