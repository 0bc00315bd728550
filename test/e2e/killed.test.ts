/** Proves that an update cut off by SIGKILL in any of its steps ends well afterwards, forward or back, on every engine. */
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { embedded, engines } from "../support/engines.ts";
import { killUpdate, until } from "../support/kill.ts";
import { Project } from "../support/project.ts";

/** What shows that a step of the release v1.1.0 is at work, seen from outside. */
const atWork: Record<string, (project: Project) => boolean> = {
  prepare: (project) => running(project, "prepare"),
  backup: (project) => running(project, "backup-prove"),
  schema: (project) =>
    project.sql("SELECT max(revision) AS revision FROM switchback_migrations")[0]?.revision === "0002",
  activation: (project) => readlinkSync(join(project.folder, ".switchback/host-0/current")).includes("v1.1.0"),
  smoke: (project) => running(project, "smoke-login"),
};

function running(project: Project, step: string): boolean {
  const { state, rollout } = JSON.parse(readFileSync(join(project.store, `steps/parcel-${step}.json`), "utf8")) as {
    state: string;
    rollout: string;
  };
  const attempt = JSON.parse(readFileSync(join(project.store, "attempt.json"), "utf8")) as {
    id: string;
    release: string;
  };
  return state === "running" && rollout === attempt.id && attempt.release === "v1.1.0";
}

let project: Project | undefined;
afterEach(async () => {
  await project?.remove();
});

async function killIn(step: string, on: Project): Promise<void> {
  await on.config("set", "switchback:release", "v1.1.0");
  const update = on.begin();
  await until(() => atWork[step]?.(on) ?? false, `${step} at work`);
  killUpdate(update.pid ?? 0);
  const { all } = await update;
  expect(all).not.toContain("Resources:");
  // What a killed update leaves behind in the backend, the engine's own commands clear away.
  await on.pulumi("cancel", "--yes", "--stack", "staging");
}

// Who descends from whom is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat")).each(engines)("on the $name engine (needs /proc)", (engine) => {
  // On the embedded engine the cells of crash-matrix.test.ts are cut off in the other steps.
  const steps = engine === embedded ? ["prepare", "smoke"] : Object.keys(atWork);
  test.for(steps)("killed in %s: the old release and the same one again both end well", async (step) => {
    const here = await Project.make(engine);
    project = here;
    expect((await here.up("v1.0.0")).exitCode).toBe(0);

    await killIn(step, here);
    const back = await here.up("v1.0.0");
    expect(back.text).toContain("v1.0.0 serves: ");
    expect(back.exitCode).toBe(0);
    expect({
      ...(await here.version()),
      schema: await here.schema(),
      said: (await here.outputs()).serving,
    }).toMatchObject({
      release: "v1.0.0",
      schema: "0001",
      said: "v1.0.0",
    });

    await killIn(step, here);
    const again = await here.up("v1.1.0");
    expect(again.exitCode).toBe(0);
    expect({
      ...(await here.version()),
      schema: await here.schema(),
      said: (await here.outputs()).serving,
    }).toMatchObject({
      release: "v1.1.0",
      schema: "0002",
      said: "v1.1.0",
    });
    expect((await here.up()).ran).toEqual([]);
  });
});
