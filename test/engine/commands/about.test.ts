import { expect, test } from "vitest";
import { EngineProject } from "../../support/engine-project.ts";

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
