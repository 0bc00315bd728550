/** Proves that a preview is a change review: what changes is shown as such, nothing else, and nothing is touched. */
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLease } from "../../runtime/lease.ts";
import { engines } from "../support/engines.ts";
import { leanProgram, replaceOnce } from "../support/lean-program.ts";
import { Project } from "../support/project.ts";

const program = leanProgram();
const oneCheckMore = replaceOnce(
  replaceOnce(program, /^const config =/m, 'import { http } from "switchback/actions/checks/http.ts";\nconst config ='),
  /^ {2}smoke: \{\n/m,
  "  smoke: {\n    front: call(http, { url: `${address}/`, timeoutSeconds }),\n",
);

describe.each(engines)("on the $name engine", (engine) => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.make(engine, { program });
    expect((await project.up("v1.0.0")).exitCode).toBe(0);
  });
  afterAll(async () => {
    await project.remove();
  });

  test("the preview of a release says what comes, how it goes back, and what the gate would say", async () => {
    await project.config("set", "switchback:release", "v1.1.0");
    const { text, exitCode } = await project.preview();
    expect(exitCode).toBe(0);
    expect(text).toContain("release v1.0.0 → v1.1.0, 3 commits");
    expect(text).toContain("Let customers insure a parcel");
    expect(text).toContain("schema before the switch: apply 0002 parcel insurance (expand, reversible)");
    expect(text).toContain("way back: code of v1.0.0, then migration 0002 down");
    expect(text).toContain("preflight would let it through");
    expect((await project.version()).release).toBe("v1.0.0");
  });

  test("its diff shows each step's release and rollout, and no step as replaced text", async () => {
    const { text } = await project.preview("--diff");
    expect(text).toContain('~ release: "v1.0.0" => "v1.1.0"');
    expect(text).toMatch(/SWITCHBACK_ROLLOUT\s*: "1-[0-9a-f]{6}" => \[unknown\]/);
    expect(text).not.toMatch(/~ stdin\s*: "/);
  });

  test("what would be blocked is said, and the preview does not fail because of it", async () => {
    await project.config("set", "--path", "switchback:checks.freeMegabytes", "900000000");
    const { text, exitCode } = await project.preview();
    expect(exitCode).toBe(0);
    expect(text).toContain("would be blocked");
    expect(text).toMatch(/✗ space +fail +\d+ MB free for \.switchback\/store, want 900000000/);
    const run = await project.up();
    expect(run.exitCode).not.toBe(0);
    expect(run.text).toContain("v1.1.0 is not let through");
    expect((await project.version()).release).toBe("v1.0.0");
    await project.config("set", "--path", "switchback:checks.freeMegabytes", "1");
    const mended = await project.up();
    expect(mended.exitCode).toBe(0);
    expect(mended.ran).not.toContain("rollout-open");
  });

  test("one check more at the same release runs that check and its gate, and nothing else", async () => {
    project.replaceProgram(oneCheckMore);
    const run = await project.up();
    expect(run.exitCode).toBe(0);
    expect([...run.ran].sort()).toEqual(["smoke-front", "smoke-gate"]);
    expect(readLease(project.store)).toMatchObject({ rollout: "" });
    expect((await project.up()).ran).toEqual([]);
  });

  test("where what serves is not what the state says, a preview says so and does not fail", async () => {
    expect((await project.preview()).text).not.toContain("drift");
    await execa(process.execPath, ["current/bin/parcel.ts", "stop"], {
      cwd: join(project.folder, ".switchback/host-0"),
    });
    const { text, exitCode } = await project.preview();
    expect(exitCode).toBe(0);
    expect(text).toContain("drift: the state says that v1.1.0 serves, but");
    expect(text).toMatch(/host-0: no answer \(connect ECONNREFUSED/);
  });
});
