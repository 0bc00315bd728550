import { expect, test } from "vitest";
import { EngineProject } from "../support/engine-project.ts";

test("unknown commands are errors, those of the CLI are refused", async () => {
  const project = new EngineProject("", { stack: false });
  expect(await project.pulumi("nonsense")).toMatchObject({
    code: 1,
    stderr: `error: unknown command "nonsense" for "pulumi"\nRun 'pulumi --help' for usage.\n`,
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

test("-C chooses the directory, wherever it stands", async () => {
  const project = new EngineProject();
  const { directory } = project;
  expect((await project.pulumi("-C", directory, "stack", "--show-name")).stdout).toBe("dev\n");
  expect((await project.pulumi("stack", `--cwd=${directory}`, "--show-name")).stdout).toBe("dev\n");
  expect((await project.pulumi("-C", "/not/there", "stack")).stderr).toBe(
    `error: ENOENT: no such file or directory, chdir '${directory}' -> '/not/there'\n`,
  );
  expect((await project.pulumi("-C", "/", "stack", "--show-name")).stderr).toMatch(
    /^error: no Pulumi.yaml project file found/,
  );
});
