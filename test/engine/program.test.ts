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
