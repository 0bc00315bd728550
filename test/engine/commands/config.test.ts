import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EngineProject } from "../../support/engine-project.ts";

test("values are set, listed, read and removed, secrets only where asked for", async () => {
  const project = new EngineProject();
  await project.pulumi("config", "set", "name", "web");
  await project.pulumi("config", "set", "--path", "obj.list[0]", "5");
  await project.pulumi("config", "set-all", "--plaintext", "other:key=a=b", "--secret", "token=zzz");
  const listed = await project.pulumi("config", "--json");
  expect(JSON.parse(listed.stdout)).toEqual({
    "case:name": { value: "web", secret: false },
    "case:obj": { value: '{"list":[5]}', objectValue: { list: [5] }, secret: false },
    "case:token": { secret: true },
    "other:key": { value: "a=b", secret: false },
  });
  expect((await project.pulumi("config")).stdout).toBe(
    'KEY        VALUE\nname       web\nobj        {"list":[5]}\ntoken      [secret]\nother:key  a=b\n',
  );
  expect((await project.pulumi("config", "get", "token")).stdout).toBe("zzz\n");
  await project.pulumi("config", "rm", "name");
  expect(readFileSync(join(project.directory, "Pulumi.dev.yaml"), "utf8")).not.toMatch(/name|zzz/);
  expect(await project.pulumi("config", "get", "name")).toMatchObject({
    code: 1,
    stderr: "error: configuration key 'name' not found for stack 'dev'\n",
  });
});
