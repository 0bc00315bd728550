import { expect, test } from "vitest";
import { EngineProject } from "../support/engine-project.ts";

test("what is no command of the engine is left to the CLI", async () => {
  const project = new EngineProject("", { stack: false });
  expect(await project.pulumi("nonsense")).toMatchObject({
    code: 1,
    stderr: "error: `pulumi nonsense` needs the Pulumi CLI\n",
  });
  expect((await project.pulumi("import", "x", "--what")).stderr).toBe("error: `pulumi import` needs the Pulumi CLI\n");
  expect((await project.pulumi("about")).stderr).toBe("error: `pulumi about` needs the Pulumi CLI\n");
  expect((await project.pulumi("stack", "unselect")).stderr).toBe(
    "error: `pulumi stack unselect` needs the Pulumi CLI\n",
  );
  expect((await project.pulumi("stack", "tag", "ls")).stderr).toBe("error: `pulumi stack tag` needs the Pulumi CLI\n");
});

test("help lists the commands", async () => {
  const { code, stdout } = await new EngineProject("", { stack: false }).pulumi("up", "--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Switchback's embedded engine knows these commands:\n[^]*\n {2}config set-all\n[^]*\n {2}up\n/,
  );
});
