/** Proves that a script reaches a step's own process, and that without the preload nothing of it does. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { Script, scriptVariable } from "../../testing/script.ts";
import { until } from "../support/context.ts";
import { repository } from "../support/engines.ts";
import { makeSmallProject } from "../support/small-project.ts";
import { endOf, ledgerOf, startStep } from "../support/step.ts";

const preload = `--import ${pathToFileURL(join(repository, "testing/preload.mjs")).href}`;

async function run(project: string, options: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const spec = { step: "middle", action: "./actions/write", args: { line: "middle" }, opens: true };
  const around = { NODE_OPTIONS: options, [scriptVariable]: join(project, "script") };
  return endOf(startStep(project, spec, { rollout: "", environment: around }));
}

test("the step does what the script says, and the script hears of it", async () => {
  const project = makeSmallProject();
  const script = new Script(join(project, "script"));
  script.write([{ id: 1, name: "middle", deed: { answer: { id: "1-x", number: 1, line: "made up" } }, times: 1 }]);
  const answered = await run(project, preload);
  expect(JSON.parse(answered.stdout)).toEqual({ id: "1-x", number: 1, line: "made up" });
  expect(existsSync(join(project, "written"))).toBe(false);
  const real = await run(project, preload);
  expect(JSON.parse(real.stdout)).toEqual({ id: "v1", number: 1, line: "middle" });
  expect(script.uses().map(({ how }) => how)).toEqual(["answered", "began", "ended"]);
});

test("what it stands in for lacks nothing", () => {
  const [standIn, load, ledger] = ["testing/stand-in.ts", "runtime/load.ts", "runtime/ledger.ts"].map(
    (file) => pathToFileURL(join(repository, file)).href,
  );
  const names = `const names = async (url) => Object.keys(await import(url));
    console.log(JSON.stringify([await names("${standIn}?real=${load}"), [...(await names("${load}")), ...(await names("${ledger}"))]]))`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", names], { encoding: "utf8" });
  const [stands, real] = JSON.parse(printed) as [string[], string[]];
  expect(stands.sort()).toEqual(real.sort());
});

test("cut off when it is recorded: the ledger has its entry, and nothing else knows of it yet", async () => {
  const project = makeSmallProject();
  const script = new Script(join(project, "script"));
  script.write([{ id: 1, name: "middle", deed: { disturb: "step", when: "recorded" }, times: 1 }]);
  const running = run(project, preload);
  await until("its halt", () => script.halts().length > 0);
  const record = JSON.parse(readFileSync(inStore.step(join(project, "store"), "middle"), "utf8")) as { state: string };
  expect([ledgerOf(project).map(({ step }) => step), record.state]).toEqual([["middle"], "running"]);
  for (const { pid } of script.halts()) process.kill(pid, "SIGKILL");
  expect(await running).toMatchObject({ code: null, stdout: "" });
  expect(script.uses().map(({ how }) => how)).toEqual(["began", "ended"]);
});

test("without the preload a script has no say", async () => {
  const project = makeSmallProject();
  const script = new Script(join(project, "script"));
  script.write([{ id: 1, name: "middle", deed: { fail: "no" } }]);
  const { code } = await run(project, "");
  expect(code).toBe(0);
  expect(readFileSync(join(project, "written"), "utf8")).toBe("v1 middle\n");
  expect(script.uses()).toEqual([]);
});
