// The program's process: what it gets, and how its end and what it says become the end of the operation.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EngineProject } from "../support/engine-project.ts";

test("the program runs in its directory with the configuration and the caller's environment", async () => {
  const project = new EngineProject("", {
    files: {
      "Pulumi.yaml": "name: case\nruntime: { name: nodejs, options: { typescript: false } }\nmain: app/index.ts\n",
    },
  });
  project.config({ list: "x" });
  project.environment.MINE = "from outside";
  project.write(
    "app/index.ts",
    `
    import * as pulumi from "@pulumi/pulumi";
    const config = new pulumi.Config();
    const where = [pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization(), pulumi.runtime.isDryRun()];
    console.log(JSON.stringify([...where, config.require("list"), process.env.MINE, process.cwd()]));
  `,
  );
  const { stdout } = await project.operate("preview");
  expect(stdout).toContain(`["case","dev","organization",true,"x","from outside","${project.directory}"]`);
});

test("a project without the SDK is told so in one sentence", async () => {
  const project = new EngineProject();
  rmSync(join(project.directory, "node_modules"));
  const { code, stderr } = await project.operate("preview");
  expect(code).toBe(1);
  expect(stderr).toBe(
    `error: ${project.directory}: the package @pulumi/pulumi is not installed here. Install the project's packages, for example with npm install\n`,
  );
});

test("an error in the program fails the update after what it had registered is done", async () => {
  const project = new EngineProject(`step("a"); throw new Error("thrown at once");`);
  const { code, problems, steps } = await project.operate("up");
  expect(code).toBe(1);
  expect(steps).toEqual(["create a ok"]);
  expect(problems).toEqual([expect.stringContaining("failed with an unhandled exception:\nError: thrown at once")]);
});

test("a RunError is told without a stack, an exit code by its number, and log.error fails nothing", async () => {
  const project = new EngineProject(`
    if (stage === "1") throw new pulumi.RunError("a run error");
    if (stage === "2") process.exit(9);
    pulumi.log.error("only said");
    console.log("printed");
  `);
  expect((await project.operate("preview")).problems).toEqual(["a run error"]);
  project.config({ stage: "2" });
  expect((await project.operate("preview")).problems).toEqual([
    "an unhandled error occurred: Program exited with non-zero exit code: 9",
  ]);
  project.config({ stage: "3" });
  const { code, problems, stdout } = await project.operate("preview");
  expect({ code, problems }).toEqual({ code: 0, problems: ["only said"] });
  expect(stdout).toContain("    printed\n");
});

test.each([
  ["at once", `step("late", {}, { import: "x" });`],
  ["after the first outputs", `step("late", { environment: { A: a.stdout } }, { import: "x" });`],
])("what is refused %s has changed nothing, with and without a preview", async (_, late) => {
  const project = new EngineProject(`const a = step("a");`, { rehearses: true });
  await project.operate("up");
  const before = [project.stateText(), project.files("history", "case", "dev")];
  project.program(
    `const a = step("a", { create: "echo again >> $TRACE" }); new pulumi.ComponentResource("a:b:C", "c"); ${late}`,
  );
  const message = 'command:local:Command "late": the import option needs the Pulumi CLI';
  expect(await project.operate("up")).toMatchObject({ code: 1, problems: [message] });
  expect(await project.pulumi("up", "--yes")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(message) as string,
  });
  expect([project.stateText(), project.files("history", "case", "dev")]).toEqual(before);
  expect(project.trace()).toEqual(["create a"]);
});

test("an update runs the program once more to know what it would refuse, but not when nothing changes or somebody has", async () => {
  const project = new EngineProject(
    `
    import { appendFileSync } from "node:fs";
    appendFileSync(process.env.TRACE!, "program " + pulumi.runtime.isDryRun() + "\\n");
    const a = step("a");
    const out = local.runOutput({ command: "echo run >> $TRACE" });
    const later = local.runOutput({ command: "echo later >> $TRACE", stdin: a.stdout });
  `,
    { rehearses: true },
  );
  await project.operate("up");
  expect(project.trace().sort()).toEqual(["create a", "later", "program false", "program true", "run"]);
  project.write("trace", "");
  await project.operate("up");
  expect(project.trace().sort()).toEqual(["later", "program false", "run"]);
  project.write("trace", "");
  project.program(`step("a", { create: "echo again >> $TRACE", update: "echo update >> $TRACE" });`);
  project.environment.SWITCHBACK_PREVIEWED = "true";
  await project.operate("up");
  expect(project.trace()).toEqual(["update"]);
});

test("a program that keeps running after a failed step is ended", async () => {
  const project = new EngineProject(
    `if (!pulumi.runtime.isDryRun()) setInterval(() => {}, 1000); step("bad", { create: "exit 1" });`,
  );
  expect((await project.operate("up")).code).toBe(1);
});

test("the first interrupt kills running scripts, releases the lock and leaves nothing pending", async () => {
  const project = new EngineProject(
    `step("long", { create: "echo started >> $TRACE; sleep 30; echo ended >> $TRACE" });`,
  );
  const { child, ended } = project.start("up", "--yes", "--skip-preview");
  await expect.poll(() => project.trace(), { timeout: 30_000 }).toEqual(["started"]);
  child.kill("SIGINT");
  const { code, stdout } = await ended;
  expect(code).toBe(1);
  expect(stdout).toContain("error: signal: killed: running ");
  expect(project.files("locks", "organization", "case", "dev")).toEqual([]);
  expect(project.stateText()).not.toContain("pending_operations");
});

test("after kill -9 the state names what was in flight, and the next update warns until it is cleared", async () => {
  const project = new EngineProject(`step("a"); step("long", { create: "echo started >> $TRACE; sleep 1" });`);
  const { child, ended } = project.start("up", "--yes", "--skip-preview");
  await expect.poll(() => project.trace(), { timeout: 30_000 }).toContain("started");
  child.kill("SIGKILL");
  await ended;
  expect(project.stateText()).toContain('"type":"creating"');
  const refused = await project.pulumi("up", "--yes", "--skip-preview");
  expect(refused.stderr).toMatch(/^error: the stack is currently locked by 1 lock\(s\)\. Either wait/);
  expect((await project.pulumi("cancel", "--yes")).code).toBe(0);
  const next = await project.operate("up");
  expect(next.code).toBe(0);
  expect(next.problems[0]).toMatch(/^Attempting to deploy or update resources with [12] pending operations/);
  await project.operate("refresh", "--clear-pending-creates");
  expect((await project.operate("preview")).problems).toEqual([]);
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
