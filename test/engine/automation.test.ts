// The Automation API works with the engine as with a CLI, without knowing it.
import { dirname } from "node:path";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { engineExecutable, EngineProject } from "../support/engine-project.ts";

test("a stack is made, updated with events, read, and destroyed", async () => {
  const project = new EngineProject(
    `step("a", { create: stage === "bad" ? "exit 3" : "echo a" }); export const s = pulumi.secret("hidden"); export const o = { x: [1] };`,
    { stack: false },
  );
  const pulumiCommand = await PulumiCommand.get({ root: dirname(dirname(engineExecutable)) });
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "auto", workDir: project.directory },
    { pulumiCommand, envVars: project.environment as Record<string, string> },
  );
  await stack.setAllConfig({ "case:plain": { value: "p" }, "case:tok": { value: "t0k", secret: true } });
  expect(await stack.getConfig("case:tok")).toEqual({ value: "t0k", secret: true });
  expect((await stack.preview()).changeSummary).toEqual({ create: 2 });
  const kinds = new Set<string>();
  const up = await stack.up({
    message: "from auto",
    onEvent: (event) => {
      for (const kind of Object.keys(event)) kinds.add(kind);
    },
  });
  expect(up.summary).toMatchObject({
    kind: "update",
    result: "succeeded",
    message: "from auto",
    resourceChanges: { create: 2 },
  });
  expect(up.outputs).toEqual({ s: { value: "hidden", secret: true }, o: { value: { x: [1] }, secret: false } });
  expect(kinds).toContain("resourcePreEvent");
  await stack.setConfig("stage", { value: "bad" });
  await expect(stack.up()).rejects.toThrow(/exit status 3/);
  expect((await stack.history()).map(({ result }) => result)).toEqual(["failed", "succeeded"]);
  await stack.importStack(await stack.exportStack());
  await expect(
    LocalWorkspace.selectStack(
      { stackName: "nope", workDir: project.directory },
      { pulumiCommand, envVars: project.environment as Record<string, string> },
    ),
  ).rejects.toThrow("no stack named 'nope' found");
  expect((await stack.destroy()).summary.result).toBe("succeeded");
  // What is refused before it begins ends, too, although somebody listens.
  project.environment.PULUMI_CONFIG_PASSPHRASE = "wrong";
  const options = { pulumiCommand, envVars: project.environment as Record<string, string> };
  const locked = await LocalWorkspace.selectStack({ stackName: "auto", workDir: project.directory }, options);
  await expect(locked.up({ onEvent: () => undefined })).rejects.toThrow("incorrect passphrase");
});
