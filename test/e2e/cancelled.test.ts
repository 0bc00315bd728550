/** Proves that Ctrl-C in the middle of the switch leaves nothing that the next command would have to wait for. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { execa } from "execa";
import { inStore } from "../../release/store.ts";
import { readLease } from "../../runtime/lease.ts";
import { readRecord } from "../../runtime/record.ts";
import { launcher, switchback } from "../cli/switchback.ts";
import { embedded } from "../support/engines.ts";
import { until } from "../support/kill.ts";
import { Project } from "../support/project.ts";

let project: Project | undefined;
afterEach(async () => {
  await project?.remove();
});

// Whether the engine that started a step still lives is read from /proc.
describe.skipIf(!existsSync("/proc/self/stat"))("on the embedded engine (needs /proc)", () => {
  test("the switch ends by itself, the lease is free, and another release goes at once", async () => {
    const here = await Project.make(embedded);
    project = here;
    const run = (...argv: string[]) => switchback(here, ...argv, "--engine", "embedded");
    expect((await run("up", "--yes")).exitCode).toBe(0);

    const argv = [launcher, "up", "--yes", "--release", "v1.1.0", "--engine", "embedded"];
    const options = { cwd: here.folder, env: here.environment, extendEnv: false, reject: false } as const;
    const update = execa(process.execPath, argv, { ...options, stdin: "ignore" });
    const step = inStore.step(here.store, "parcel-activation");
    await until(() => {
      const record = existsSync(step) ? readRecord(step) : undefined;
      return record?.state === "running" && record.rollout.startsWith("2-");
    }, "the switch of the second rollout");
    update.kill("SIGINT");
    expect((await update).exitCode).toBe(130);
    await until(() => readLease(here.store)?.rollout === "", "a free lease");
    expect(readRecord(step)?.state).toBe("done");
    expect((await run("unlock")).stdout).toBe("lease        free\nengine lock  free");

    const back = await run("up", "--yes", "--release", "v1.0.0");
    expect([back.exitCode, (await here.version()).release, await here.schema()]).toEqual([0, "v1.0.0", "0001"]);
    expect(await run("verify")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(here.store, "store.json"), "utf8")).toContain((await here.outputs()).record.store);
  }, 240_000);
});
