import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EngineProject } from "../../support/engine-project.ts";

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
    { name: "one", current: true, resourceCount: 0 },
    { name: "two", current: false, resourceCount: 0 },
  ]);
  await project.pulumi("stack", "select", "two");
  await project.pulumi("stack", "rename", "second");
  expect((await project.pulumi("stack", "--show-name")).stdout).toBe("second\n");
  await project.pulumi("stack", "rm", "second", "--yes");
  expect(await list()).toEqual([{ name: "one", current: false, resourceCount: 0 }]);
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
