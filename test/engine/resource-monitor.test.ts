// What happens to the resources of a program over several updates, on the real engine.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { assetSignature, signature } from "../../engine/property-value.ts";
import { EngineProject } from "../support/engine-project.ts";

test("creates in order, keeps what is the same, deletes what the program drops, destroys backwards", async () => {
  const project = new EngineProject(`
    const a = step("a");
    const b = step("b", {}, { dependsOn: a });
    if (stage === "1") step("c", {}, { dependsOn: b });
  `);
  expect((await project.operate("up")).steps).toEqual(["create a ok", "create b ok", "create c ok"]);
  expect((await project.operate("up")).events.at(-2)?.summaryEvent?.resourceChanges).toEqual({ same: 4 });
  project.config({ stage: "2" });
  expect((await project.operate("up")).steps).toEqual(["same a ok", "same b ok", "delete c ok"]);
  expect((await project.operate("destroy")).steps).toEqual(["delete b ok", "delete a ok"]);
  expect(project.trace()).toEqual(["create a", "create b", "create c", "delete c", "delete b", "delete a"]);
  expect(project.resources()).toEqual([]);
});

test("a changed trigger replaces: the new one first, dependents follow, the old one goes last", async () => {
  const project = new EngineProject(`
    const a = step("a", { create: "echo new a" + stage + " >> $TRACE", delete: "echo old a" + stage + " >> $TRACE", triggers: [stage] });
    step("b", { environment: { A: stage } }, { dependsOn: a });
  `);
  await project.operate("up");
  project.config({ stage: "2" });
  const steps = ["create-replacement a ok", "replace a ok", "update b ok", "delete-replaced a ok"];
  expect((await project.operate("preview")).steps).toEqual(steps);
  expect((await project.operate("up")).steps).toEqual(steps);
  expect(project.trace()).toEqual(["new a1", "create b", "new a2", "create b", "old a1"]);
  expect(project.resources().filter((resource) => resource.delete)).toEqual([]);
});

test("triggers that come or go replace as well, and null is no input", async () => {
  const project = new EngineProject(`
    const triggers = stage === "2" ? ["a"] : undefined;
    step("a", { triggers });
    step("b", { update: null as never, dir: stage === "3" ? null as never : undefined });
  `);
  await project.operate("up");
  for (const stage of ["2", "3"]) {
    project.config({ stage });
    expect((await project.operate("up")).steps).toEqual(
      expect.arrayContaining(["create-replacement a ok", "replace a ok", "same b ok", "delete-replaced a ok"]),
    );
  }
  expect(project.resource("b").inputs).not.toHaveProperty("update");
});

test("a trigger that is a file replaces when the file's content changes, and an archive is left to the CLI", async () => {
  const project = new EngineProject(`
    const file = new pulumi.asset.FileAsset("file.txt");
    step("a", { triggers: [stage === "1" ? file : new pulumi.asset.FileArchive("file.txt")] });
  `);
  project.write("file.txt", "one");
  await project.operate("up");
  expect((await project.operate("up")).steps).toEqual(["same a ok"]);
  project.write("file.txt", "two");
  expect((await project.operate("preview")).steps[0]).toBe("create-replacement a ok");
  project.config({ stage: "2" });
  expect((await project.operate("preview")).problems).toEqual(["an archive as input needs the Pulumi CLI"]);
});

test("an update runs the update script with the output before; a delete runs the stored script", async () => {
  const project = new EngineProject(`
    step("a", {
      create: "echo made " + stage,
      update: "echo updated " + stage + " after $PULUMI_COMMAND_STDOUT",
      delete: "echo deleted " + stage + " after $PULUMI_COMMAND_STDOUT >> $TRACE",
    });
  `);
  await project.operate("up");
  project.config({ stage: "2" });
  expect((await project.operate("up")).steps).toEqual(["update a ok"]);
  expect(project.resource("a").outputs?.stdout).toBe("updated 2 after made 1");
  await project.operate("destroy");
  expect(project.trace()).toEqual(["deleted 2 after updated 2 after made 1"]);
});

test("a renamed, a moved and a retyped resource keep their state through aliases", async () => {
  const group = `class Group extends pulumi.ComponentResource {
    constructor(type: string, name: string, opts?: pulumi.ComponentResourceOptions) {
      super("case:index:" + type, name, {}, opts);
      step(name + "-child", {}, { parent: this });
      this.registerOutputs({ done: true, text: new pulumi.asset.StringAsset("x") });
    }
  }
  `;
  const project = new EngineProject(`${group} step("old"); new Group("First", "g");`);
  await project.operate("up");
  project.program(`${group}
    step("new", { create: "echo create old >> $TRACE; echo old done", delete: "echo delete old >> $TRACE" }, { aliases: [{ name: "old" }] });
    new Group("Second", "g", { aliases: [{ type: "case:index:First" }] });
  `);
  const { steps } = await project.operate("up");
  expect(steps.sort()).toEqual(["same g ok", "same g-child ok", "same new ok"]);
  expect(project.trace().sort()).toEqual(["create g-child", "create old"]);
  const hash = createHash("sha256").update("x").digest("hex");
  const text = { [signature]: assetSignature, hash, text: "x" };
  expect(project.resource("g").outputs).toEqual({ done: true, text });
});

test("protect refuses replacing, removing and destroying", async () => {
  const project = new EngineProject(`
    if (stage !== "3") step("keep", { triggers: [stage] }, { protect: true });
  `);
  await project.operate("up");
  project.config({ stage: "2" });
  const replaced = await project.operate("up");
  expect(replaced.code).toBe(1);
  expect(replaced.problems).toEqual([expect.stringContaining('unable to replace resource "urn:pulumi:dev::case::')]);
  project.config({ stage: "3" });
  const removed = await project.operate("up");
  expect(removed.steps).toEqual(["delete keep failed"]);
  expect(removed.problems[0]).toContain("cannot be deleted\nbecause it is protected");
  expect((await project.operate("destroy")).code).toBe(1);
  expect(project.trace()).toEqual(["create keep"]);
});

test("what is no longer protected may be replaced at once", async () => {
  const project = new EngineProject(`step("a", { triggers: [stage] }, { protect: stage === "1" });`);
  await project.operate("up");
  project.config({ stage: "2" });
  expect((await project.operate("up")).steps).toContain("create-replacement a ok");
  expect(project.trace()).toEqual(["create a", "create a", "delete a"]);
});

test("a resource is a value in the inputs and outputs of a component", async () => {
  const project = new EngineProject(`
    class Group extends pulumi.ComponentResource {
      constructor(name: string, args: object) { super("my:index:Group", name, args); this.registerOutputs(args); }
    }
    const a = step("a");
    new Group("g", { members: [a], first: a.stdout });
    export const whole = a;
  `);
  expect((await project.operate("up")).code).toBe(0);
  const { urn, id, outputs } = project.resource("a");
  const reference = { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", id, packageVersion: "", urn };
  expect(project.resource("g")).toMatchObject({ inputs: { members: [reference], first: "a done" } });
  expect(project.resource("g").outputs).toEqual({ members: [reference], first: "a done" });
  expect(project.resource("case-dev").outputs).toEqual({ whole: { ...outputs, id, urn } });
  expect((await project.operate("up")).steps).toEqual(["same a ok", "same g ok"]);
});

test("a program learns at once that a step has failed, and says nothing of what it cannot do any more", async () => {
  const project = new EngineProject(`
    step("bad", { create: "sleep 0.2; exit 1" });
    const slow = step("slow", { create: "sleep 1; echo slow >> $TRACE" });
    step("after", {}, { dependsOn: slow });
  `);
  const { problems } = await project.operate("up");
  expect(problems).toEqual([expect.stringContaining("exit status 1"), "update failed"]);
  expect(project.trace()).toEqual(["slow"]);
});

test("a failed create leaves no state, what runs is finished, what waits does not start", async () => {
  const project = new EngineProject(`
    const bad = step("bad", { create: stage === "1" ? "sleep 0.5; echo out; echo oops >&2; exit 7" : "echo mended >> $TRACE" });
    step("after", {}, { dependsOn: bad });
    step("slow", { create: "sleep 1; echo slow >> $TRACE" });
  `);
  const failed = await project.operate("up");
  expect(failed.code).toBe(1);
  expect(failed.steps.sort()).toEqual(["create bad failed", "create slow ok"]);
  expect(failed.problems).toEqual([
    expect.stringMatching(/^exit status 7: running "sleep 0.5; .*":\n/),
    "update failed",
  ]);
  expect(project.resources().map(({ urn }) => urn.split("::").at(-1))).not.toContain("bad");
  project.config({ stage: "2" });
  expect((await project.operate("up")).steps.sort()).toEqual(["create after ok", "create bad ok", "same slow ok"]);
  expect(project.trace()).toEqual(["slow", "mended", "create after"]);
});

test("stack outputs registered before a failure are stored over the old ones", async () => {
  const project = new EngineProject(`
    const a = step("a");
    if (stage === "2") step("bad", { create: "sleep 0.8; exit 1" }, { dependsOn: a });
    export const late = stage;
    export const gone = stage === "1" ? "here" : undefined;
  `);
  await project.operate("up");
  project.config({ stage: "2" });
  expect((await project.operate("up")).code).toBe(1);
  expect(project.resource("case-dev").outputs).toEqual({ late: "2", gone: "here" });
});

test("retainOnDelete forgets the resource without running its delete", async () => {
  const project = new EngineProject(`if (stage === "1") step("a", {}, { retainOnDelete: true });`);
  await project.operate("up");
  project.config({ stage: "2" });
  expect((await project.operate("up")).steps).toEqual(["delete a ok"]);
  expect(project.trace()).toEqual(["create a"]);
});

test("a program reads other stacks' and its own last outputs, secrets as secrets", async () => {
  const project = new EngineProject(`
    const other = new pulumi.StackReference("organization/case/" + (stage === "3" ? "nowhere" : "base"));
    const own = new pulumi.StackReference("organization/case/dev");
    export const version = other.getOutput("version");
    export const token = other.getOutput("token");
    export const before = own.getOutput("now").apply((now) => now ?? "nothing");
    export const now = stage;
  `);
  project.addStack("base");
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"tok"' };
  const resources = [
    {
      urn: "urn:pulumi:base::case::pulumi:pulumi:Stack::case-base",
      custom: false,
      type: "pulumi:pulumi:Stack",
      outputs: { version: "1.0", token: secret },
    },
  ];
  const manifest = { time: "", magic: "", version: "" };
  project.write("base.json", JSON.stringify({ version: 3, deployment: { manifest, resources } }));
  expect((await project.pulumi("stack", "import", "--stack", "base", "--file", "base.json")).stderr).toBe("");
  await project.operate("up");
  project.config({ stage: "2" });
  const again = await project.operate("up");
  expect(again.events.at(-2)?.summaryEvent?.resourceChanges).toEqual({ read: 1, same: 1 });
  expect(again.stdout).toContain("Resources:\n    1 unchanged\n\n");
  expect((await project.pulumi("preview", "--expect-no-changes")).code).toBe(0);
  const { stdout } = await project.pulumi("stack", "output", "--json");
  expect(JSON.parse(stdout)).toEqual({ version: "1.0", token: "[secret]", before: "1", now: "2" });
  project.config({ stage: "3" });
  const missing = await project.operate("up");
  expect(missing.problems).toEqual(['unknown stack "organization/case/nowhere"', "update failed"]);
});

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
  ["a version range", `await pulumi.requirePulumiVersion(">=3.0.0");`, "requirePulumiVersion needs the Pulumi CLI"],
])("%s is refused by name", async (_, program, message) => {
  const { code, problems } = await new EngineProject(program).operate("preview");
  expect({ code, problems }).toEqual({ code: 1, problems: [message] });
});
