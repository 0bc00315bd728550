import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EngineProject } from "../../support/engine-project.ts";

test("the history that the CLI wrote is listed, with secrets only when asked", async () => {
  const project = new EngineProject("", { stack: false });
  cpSync(join(import.meta.dirname, "..", "cli-sample"), join(project.backend, ".pulumi"), { recursive: true });
  project.write("Pulumi.yaml", "name: sample\nruntime: nodejs\n");
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
});
