import { expect, test } from "vitest";
import { EngineProject } from "../support/engine-project.ts";

test("preview --json prints the steps, the messages and the counts", async () => {
  const project = new EngineProject(`
    const a = step("a", { environment: { T: pulumi.secret("tok-CANARY") } });
    console.log("printed");
    step("b", { environment: { A: a.stdout } });
  `);
  const { code, stdout } = await project.pulumi("preview", "--json");
  const printed = JSON.parse(stdout) as { steps: { op: string; newState: { urn: string; inputs?: object } }[] };
  expect(code).toBe(0);
  expect(printed).toMatchObject({
    diagnostics: [{ message: "printed", severity: "info" }],
    changeSummary: { create: 3 },
  });
  expect(printed.steps.map(({ op, newState }) => `${op} ${newState.urn.split("::").at(-1) ?? ""}`)).toEqual([
    "create case-dev",
    "create a",
    "create b",
  ]);
  expect(printed.steps[2]?.newState.inputs).toMatchObject({
    environment: { A: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
  });
  expect(stdout).not.toContain("tok-CANARY");
});
