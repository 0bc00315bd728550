/** Proves that the whole pipeline of the sample application releases what is well, and takes back what one check sees. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { smokeChecks } from "../../examples/parcel/checks.ts";
import { gatesOf } from "../../runtime/gates.ts";
import { embedded } from "../support/engines.ts";
import { Project } from "../support/project.ts";

let project: Project;
beforeAll(async () => {
  project = await Project.make(embedded, { whole: true });
});
afterAll(async () => {
  await project.remove();
});

/** What the last gate of the last rollout decided, and the checks by their answers. */
async function decided(): Promise<{ step: string; decision: string; names: Record<string, string[]> }> {
  const { rollout } = await project.outputs();
  const { step, decision, checks } = gatesOf(project.store, rollout).at(-1) ?? { step: "", decision: "", checks: [] };
  const names = Object.groupBy(checks, ({ verdict }) => verdict);
  return {
    ...{ step, decision },
    names: Object.fromEntries(Object.entries(names).map(([verdict, all]) => [verdict, all.map(({ name }) => name)])),
  };
}

const names = Object.keys(
  smokeChecks({
    ...{ address: "http://127.0.0.1:1", release: "v1", commit: "0".repeat(40), before: "none" },
    ...{ directory: "host", database: "database", timeoutSeconds: 1 },
  }),
);

test("v1.0.0 passes every check, and nothing runs again", async () => {
  const { exitCode, text, ran } = await project.up("v1.0.0");
  expect([exitCode, text]).toEqual([0, expect.stringContaining("smoke-browser")]);
  expect(ran.filter((step) => /^smoke-(?!gate|decision)/.test(step)).sort()).toEqual(
    names.map((name) => `smoke-${name}`).sort(),
  );
  const { step, decision, names: by } = await decided();
  expect([step, decision, by.fail]).toEqual(["parcel-smoke-gate", "go", undefined]);
  // A machine without Chromium, or one that is busy, is no reason to doubt the release.
  expect(names.filter((name) => !by.pass?.includes(name) && !["browser", "latency"].includes(name))).toEqual([]);
  expect((await project.up()).ran).toEqual([]);
});

test("a release that breaks one promise is taken back, and the evidence names it", async () => {
  const { exitCode, text } = await project.up("broken-trpc");
  expect(exitCode).not.toBe(0);
  expect(text).toContain("broken-trpc was taken back: v1.0.0 serves");
  expect(text).toMatch(/✗ trpc +fail +orders\.count total is undefined, want at least 1/);
  expect(await decided()).toMatchObject({ step: "parcel-smoke-gate", decision: "no", names: { fail: ["trpc"] } });
  expect(await project.version()).toMatchObject({ release: "v1.0.0" });
  expect(await project.outputs()).toMatchObject({ serving: "v1.0.0", asked: "broken-trpc" });
});
