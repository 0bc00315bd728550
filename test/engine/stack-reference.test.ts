import { expect, test } from "vitest";
import { EngineProject } from "../support/engine-project.ts";

test("a program reads other stacks' and its own last outputs, secrets as secrets", async () => {
  const project = new EngineProject(`
    const other = new pulumi.StackReference("organization/case/" + (stage === "3" ? "nowhere" : "base"));
    const own = new pulumi.StackReference("organization/case/dev");
    export const version = other.getOutput("version");
    export const token = other.getOutput("token");
    export const before = own.getOutput("now").apply((now) => now ?? "nothing");
    export const now = stage;
  `);
  project.addStack("base");
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"tok"' };
  const resources = [
    {
      urn: "urn:pulumi:base::case::pulumi:pulumi:Stack::case-base",
      custom: false,
      type: "pulumi:pulumi:Stack",
      outputs: { version: "1.0", token: secret },
    },
  ];
  const manifest = { time: "", magic: "", version: "" };
  project.write("base.json", JSON.stringify({ version: 3, deployment: { manifest, resources } }));
  expect((await project.pulumi("stack", "import", "--stack", "base", "--file", "base.json")).stderr).toBe("");
  await project.operate("up");
  project.config({ stage: "2" });
  await project.operate("up");
  const { stdout } = await project.pulumi("stack", "output", "--json");
  expect(JSON.parse(stdout)).toEqual({ version: "1.0", token: "[secret]", before: "1", now: "2" });
  project.config({ stage: "3" });
  const missing = await project.operate("up");
  expect(missing.problems).toEqual(['unknown stack "organization/case/nowhere"', "update failed"]);
});
