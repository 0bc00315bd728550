import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EngineProject } from "../../support/engine-project.ts";

/** A project whose backend was written by the Pulumi CLI: see cli-sample. */
function cliSample(): EngineProject {
  const project = new EngineProject("", { stack: false });
  const sample = join(import.meta.dirname, "..", "cli-sample");
  cpSync(sample, join(project.backend, ".pulumi"), { recursive: true });
  cpSync(join(sample, "Pulumi.dev.yaml"), join(project.directory, "Pulumi.dev.yaml"));
  project.write(
    "Pulumi.yaml",
    "name: sample\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.ts\n",
  );
  return project;
}

test("stacks are made, selected, listed, renamed and removed", async () => {
  const project = new EngineProject("", { stack: false });
  expect((await project.pulumi("stack", "init", "one")).stderr).toBe("Created stack 'one'\n");
  expect(await project.pulumi("stack", "init", "one")).toMatchObject({
    code: 1,
    stderr: "error: stack 'organization/case/one' already exists\n",
  });
  project.addStack("two");
  const list = async (): Promise<unknown> => JSON.parse((await project.pulumi("stack", "ls", "--json")).stdout);
  expect(await list()).toEqual([
    { name: "one", current: true, lastUpdate: expect.any(String) as string, resourceCount: 0 },
    { name: "two", current: false, resourceCount: 0 },
  ]);
  await project.pulumi("stack", "select", "two");
  await project.pulumi("stack", "rename", "second");
  expect((await project.pulumi("stack", "--show-name")).stdout).toBe("second\n");
  expect((await project.pulumi("stack", "rm", "second")).stderr).toBe(
    "error: non-interactive mode requires --yes flag\n",
  );
  await project.pulumi("stack", "rm", "second", "--yes");
  expect(await list()).toEqual([
    { name: "one", current: false, lastUpdate: expect.any(String) as string, resourceCount: 0 },
  ]);
  expect(existsSync(join(project.directory, "Pulumi.second.yaml"))).toBe(false);
  expect((await project.pulumi("stack", "select", "--create", "three")).stderr).toBe("Created stack 'three'\n");
  expect((await project.pulumi("stack", "init", "x", "--secrets-provider", "awskms://k")).stderr).toBe(
    'error: the secrets provider "awskms://k" needs the Pulumi CLI\n',
  );
  expect(await project.pulumi("stack", "select", "nope")).toMatchObject({
    code: 6,
    stderr: "error: no stack named 'nope' found\n",
  });
});

test("a stack that the CLI wrote is continued without a change", async () => {
  const project = cliSample();
  project.program(`
    const token = new pulumi.Config().requireSecret("token");
    const hello = new local.Command("hello", { create: "echo hello", delete: "echo bye >> $TRACE", environment: { TOKEN: token } });
    new local.Command("after", { create: "echo after", triggers: [1] }, { dependsOn: hello });
    export const text = hello.stdout;
    export const secret = token;
  `);
  const up = await project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev");
  expect(up).toMatchObject({ code: 0, stderr: "" });
  expect((await project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")).code).toBe(0);
  expect(project.trace()).toEqual(["bye"]);
});

test("outputs show their secrets only when asked", async () => {
  const project = cliSample();
  const output = async (...args: string[]): Promise<string> =>
    (await project.pulumi("stack", "output", "--stack", "dev", ...args)).stdout;
  expect(JSON.parse(await output("--json"))).toEqual({ secret: "[secret]", text: "hello" });
  expect(JSON.parse(await output("--json", "--show-secrets"))).toEqual({ secret: "s3cret-token", text: "hello" });
  expect(await output("text")).toBe("hello\n");
  expect((await project.pulumi("stack", "output", "nope", "--stack", "dev")).stderr).toBe(
    "error: current stack does not have output property 'nope'\n",
  );
});

test("what is exported is imported again; another stack's state is not", async () => {
  const project = cliSample();
  await project.pulumi("stack", "export", "--show-secrets", "--file", "state.json", "--stack", "dev");
  expect(readFileSync(join(project.directory, "state.json"), "utf8")).toContain("s3cret-token");
  const file = join(project.backend, ".pulumi", "stacks", "sample", "dev.json");
  expect((await project.pulumi("stack", "import", "--file", "state.json", "--stack", "dev")).stdout).toBe(
    "Import complete.\n",
  );
  expect(readFileSync(file, "utf8")).not.toContain("s3cret-token");
  project.write(
    "state.json",
    readFileSync(join(project.directory, "state.json"), "utf8").replaceAll(":dev::", ":prod::"),
  );
  expect((await project.pulumi("stack", "import", "--file", "state.json", "--stack", "dev")).stderr).toContain(
    "is from a different stack (prod != dev)",
  );
});

test("the history that the CLI wrote is listed, with secrets only when asked", async () => {
  const project = cliSample();
  const list = async (...args: string[]) =>
    JSON.parse((await project.pulumi("stack", "history", "--json", "--stack", "dev", ...args)).stdout) as object[];
  const [entry] = await list("--show-secrets");
  expect(entry).toMatchObject({
    kind: "update",
    version: 0,
    message: "first",
    result: "succeeded",
    config: { "sample:token": { value: "s3cret-token", secret: true } },
  });
  expect(await list()).toMatchObject([{ config: { "sample:token": { secret: true } } }]);
  expect(await list("--page", "2")).toEqual([]);
  const { stdout } = await project.pulumi("stack", "history", "--stack", "dev");
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z update succeeded first\n$/);
});

test("what is no state is not imported", async () => {
  const project = new EngineProject();
  const files = { "cut.json": "{", "other.json": "[]", "empty.json": '{ "version": 3 }' };
  for (const [file, text] of Object.entries(files)) {
    project.write(file, text);
    const before = project.stateText();
    const { code, stderr } = await project.pulumi("stack", "import", "--file", file);
    expect([code, stderr.split(":").slice(0, 3).join(":").trim()]).toEqual([
      ...[1, `error: ${file}: is no state as \`pulumi stack export\` writes it`],
    ]);
    expect(stderr).not.toContain("\n    at ");
    expect(project.stateText()).toBe(before);
  }
});

test("an imported state has no pending operations, and none from the future is imported", async () => {
  const project = new EngineProject(`step("a");`);
  await project.operate("up");
  await project.pulumi("stack", "export", "--file", "state.json");
  const state = JSON.parse(readFileSync(join(project.directory, "state.json"), "utf8")) as { deployment: object };
  const resource = {
    urn: "urn:pulumi:dev::case::command:local:Command::ghost",
    custom: true,
    type: "command:local:Command",
  };
  const pending = { ...state.deployment, pending_operations: [{ type: "creating", resource }] };
  project.write("pending.json", JSON.stringify({ ...state, deployment: pending }));
  expect((await project.pulumi("stack", "import", "--file", "pending.json")).stderr).toBe(
    `warning: removing pending operation 'creating' on '${resource.urn}' from snapshot\n`,
  );
  expect(project.stateText()).not.toContain("ghost");
  project.write("future.json", JSON.stringify({ ...state, version: 99 }));
  expect((await project.pulumi("stack", "import", "--file", "future.json")).stderr).toContain(
    "the stack 'dev' is newer than what the Pulumi CLI v3.259.0 understands",
  );
});

test("the version is that of the CLI it stands for, and nobody takes it for one", async () => {
  const project = new EngineProject();
  expect(await project.pulumi("version")).toEqual({ code: 0, stdout: "v3.259.0\n", stderr: "(embedded engine)\n" });
  expect((await project.pulumi("--version")).stdout).toBe("v3.259.0\n");
});

test("whoami answers the user and the backend", async () => {
  const project = new EngineProject();
  const { stdout } = await project.pulumi("whoami", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ url: `file://${project.backend}` });
});
