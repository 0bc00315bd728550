// Everything around an operation: lock, history, secrets, refusals.
import { expect, test } from "vitest";
import { EngineProject } from "../support/engine-project.ts";

test("an update writes state, backup and history, and leaves no lock", async () => {
  const project = new EngineProject(`step("a");`);
  await project.operate("up", "-m", "first");
  expect(project.files("stacks", "case")).toEqual(["dev.json", "dev.json.bak"]);
  expect(project.files("history", "case", "dev")).toEqual([
    expect.stringMatching(/^dev-\d{19}\.checkpoint\.json$/),
    expect.stringMatching(/^dev-\d{19}\.history\.json$/),
  ]);
  expect(project.files("backups", "case", "dev")).toEqual([expect.stringMatching(/^dev\.\d{19}\.json$/)]);
  expect(project.files("locks", "organization", "case", "dev")).toEqual([]);
});

test("a secret appears in no file, event or text, but in the state as ciphertext that stays while it is the same", async () => {
  const project = new EngineProject(`
    const token = new pulumi.Config().requireSecret("token");
    step("a", { create: "echo $TOKEN; " + (stage === "2" ? "exit 3" : "true"), environment: { TOKEN: token } }, { additionalSecretOutputs: ["stdout"] });
    export const hidden = token;
  `);
  await project.pulumi("config", "set", "--secret", "token", "tok-CANARY");
  const first = await project.operate("up");
  expect(first.code).toBe(0);
  const stored = project.resource("a").inputs;
  expect((await project.operate("up")).steps).toEqual(["same a ok"]);
  expect(project.resource("a").inputs).toEqual(stored);
  await project.pulumi("config", "set", "stage", "2");
  const failed = await project.operate("up");
  expect(failed.problems[0]).toContain("\n[secret]");
  const everything = [first, failed]
    .map(({ stdout, stderr, events }) => stdout + stderr + JSON.stringify(events))
    .join("");
  expect(everything + project.stateText()).not.toContain("tok-CANARY");
});

test("a wrong passphrase refuses before anything runs", async () => {
  const project = new EngineProject(`step("a");`);
  project.environment.PULUMI_CONFIG_PASSPHRASE = "wrong";
  const { code, stderr } = await project.operate("up");
  expect(code).toBe(1);
  expect(stderr).toBe("error: getting stack configuration: get stack secrets manager: incorrect passphrase\n");
  expect(project.trace()).toEqual([]);
  expect(project.files("locks", "organization", "case", "dev")).toEqual([]);
});

test("a full disk fails the operation with one message and keeps the last good state", async () => {
  const project = new EngineProject(`step("a");`);
  const before = project.stateText();
  project.write(`backend/.pulumi/stacks/case/dev.json.tmp/keep`, "");
  const result = await project.operate("up");
  expect(result.stderr).toMatch(/^error: saving the state failed: /);
  expect(project.stateText()).toBe(before);
  expect(project.trace()).toEqual([]);
});

test("a state with resources that the engine does not know is refused before anything changes", async () => {
  const project = new EngineProject(`step("a");`);
  const manifest = { time: "", magic: "", version: "" };
  const resources = [
    { urn: "urn:pulumi:dev::case::aws:s3/bucket:Bucket::b", custom: true, id: "b", type: "aws:s3/bucket:Bucket" },
  ];
  project.write("state.json", JSON.stringify({ version: 3, deployment: { manifest, resources } }));
  await project.pulumi("stack", "import", "--file", "state.json");
  const { code, stderr } = await project.operate("up");
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: the package "aws" needs the Pulumi CLI\n' });
  expect(project.trace()).toEqual([]);
});

test("a refresh reads again what another stack has, and nothing else", async () => {
  const project = new EngineProject(`
    const seen = new pulumi.StackReference("organization/case/dev").getOutput("count");
    step("a", { environment: { A: stage } });
    export const count = seen.apply((before) => Number(before ?? 0) + 1);
  `);
  await project.operate("up");
  const refreshed = await project.operate("refresh");
  expect(refreshed.events.at(-2)?.summaryEvent?.resourceChanges).toEqual({ same: 2, update: 1 });
  expect(project.resource("organization/case/dev").outputs?.outputs).toEqual({ count: 1 });
  expect(project.trace()).toEqual(["create a"]);
});

test("output that nobody reads any more does not break off the update", async () => {
  const project = new EngineProject(`step("a", { create: "sleep 0.5; echo a; echo done >> $TRACE" });`);
  const { child, ended } = project.start("up", "--yes", "--skip-preview");
  child.stdout?.destroy();
  expect((await ended).code).toBe(0);
  expect(project.trace()).toEqual(["done"]);
});
