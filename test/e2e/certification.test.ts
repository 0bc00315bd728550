/** Proves that a release is rehearsed down and up again and certified, with the real database and application. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { closingProgram } from "../support/closing-program.ts";
import { engines } from "../support/engines.ts";
import { Project } from "../support/project.ts";

const program = closingProgram();

describe.each(engines)("on the $name engine", (engine) => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.make(engine, { program });
  });
  afterAll(async () => {
    await project.remove();
  });

  test("the first release has nothing to rehearse, and is certified", async () => {
    const { exitCode, ran } = await project.up("v1.0.0");
    expect(exitCode).toBe(0);
    expect(ran.filter((step) => step.includes("rehearsal"))).toEqual([]);
    expect(ran).toContain("certification-certificate");
  });

  test("a release with a migration goes down and up again, and its certificate says what was seen", async () => {
    const { exitCode, text } = await project.up("v1.1.0");
    expect(exitCode).toBe(0);
    expect(text).toContain("took back 0002, then applied 0002: the schema is as before");
    expect(await project.schema()).toBe("0002");
    const { rollout, serving } = await project.outputs();
    expect(serving).toBe("v1.1.0");
    const folder = join(inStore.evidence(project.store, rollout), "files/parcel-certification-certificate");
    const certificate = readFileSync(join(folder, "certificate.md"), "utf8");
    expect(certificate).toContain("# Certificate: v1.1.0 on staging");
    expect(certificate).toContain("- **Work order:** WO-1718");
    expect(certificate).toContain("| twice | pass | 2 migrations applied once more: nothing to do");
    expect((await project.up()).ran).toEqual([]);
  });
});
