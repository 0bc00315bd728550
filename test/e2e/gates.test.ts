/** Proves that a gate blocks, that a waiver lets one release pass with a trace, and that a no-go trigger cannot be waived. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gatesOf } from "../../runtime/gates.ts";
import { engines } from "../support/engines.ts";
import { Project } from "../support/project.ts";

const waiver = (release: string): string =>
  `  switchback:waivers:\n    - check: space\n      release: ${release}\n      reason: the disk is ordered\n      by: Mira Okafor\n`;
const noGo = "  switchback:policies:\n    checks:\n      space:\n        noGo: true\n";

describe.each(engines)("on the $name engine", (engine) => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.make(engine);
    project.edit((text) => text.replace("freeMegabytes: 1\n", "freeMegabytes: 900000000\n"));
  });
  afterAll(async () => {
    await project.remove();
  });

  test("what fails blocks, and a waiver for another release or check changes nothing", async () => {
    project.edit((text) => text.replace("config:\n", `config:\n${waiver("v9.9.9")}`));
    const run = await project.up("v1.0.0");
    expect(run.exitCode).not.toBe(0);
    expect(run.text).toMatch(/✗ space +fail +\d+ MB free/);
    project.edit((text) => text.replace("check: space", "check: spaec"));
    const stray = await project.up();
    expect(stray.exitCode).not.toBe(0);
    expect(stray.text).toContain("switchback:waivers: [0].check: spaec: there is no such check");
    expect(stray.ran).toEqual([]);
  });

  test("a waiver for this release lets the same rollout pass, and stands in its evidence", async () => {
    project.edit((text) => text.replace("check: spaec", "check: space").replace("release: v9.9.9", "release: v1.0.0"));
    const run = await project.up();
    expect(run.exitCode).toBe(0);
    expect(run.ran).not.toContain("rollout-open");
    const [preflight, smoke] = gatesOf(project.store, (await project.outputs()).rollout);
    expect(preflight).toMatchObject({ step: "parcel-preflight-gate", decision: "go" });
    expect(preflight?.checks.find(({ name }) => name === "space")).toMatchObject({
      ...{ verdict: "fail", blocks: false, waiver: { reason: "the disk is ordered", by: "Mira Okafor" } },
    });
    expect(smoke?.checks.map(({ name, verdict }) => [name, verdict])).toEqual(
      ["health", "login", "page", "version"].map((name) => [name, "pass"]),
    );
  });

  test("what is a no-go trigger cannot be waived, and nothing runs", async () => {
    project.edit((text) => text.replace("config:\n", `config:\n${noGo}`));
    const run = await project.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.text).toContain("switchback:waivers: [0].check: space is a no-go trigger: it cannot be waived");
    expect(run.ran).toEqual([]);
  });

  test("for the next release a waiver does nothing", async () => {
    project.edit((text) => text.replace(/ {2}switchback:policies:\n( {4}.*\n)*/, ""));
    const run = await project.up("v1.1.0");
    expect(run.exitCode).not.toBe(0);
    expect(run.text).toContain("v1.1.0 is not let through");
    expect((await project.version()).release).toBe("v1.0.0");
  });
});
