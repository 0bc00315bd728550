// What gates have decided is shown with every verdict, and said by the exit code.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { good, takenBack } from "../../report/entries.ts";
import { FakeProject } from "./fake-project.ts";

let project: FakeProject;

function decided(rollout: string, release: string, decision: string): void {
  const folder = join(project.folder, "store/evidence", rollout, "files/parcel-smoke-gate");
  mkdirSync(folder, { recursive: true });
  const waiver = { reason: "the carrier is down", by: "Mira Okafor" };
  const checks = [
    { name: "health", verdict: "pass", seen: "well", blocks: false },
    {
      name: "upload",
      verdict: "fail",
      seen: "507",
      blocks: decision === "no",
      ...(decision === "no" ? {} : { waiver }),
    },
  ];
  const record = { release, rollout, at: "2026-01-02T03:04:05.000Z", decision, checks };
  writeFileSync(join(folder, "gate.json"), JSON.stringify(record));
}

beforeAll(() => {
  project = new FakeProject({}, [...good("1-a", "v1"), ...good("2-b", "v2"), ...takenBack("3-c", "v3", "v2")]);
  decided("2-b", "v2", "go");
  decided("3-c", "v3", "no");
});

afterAll(() => {
  project.remove();
});

test("of the last rollout, with what blocks first", async () => {
  expect(await project.run("gates")).toEqual({
    exitCode: 1,
    stdout: [
      "parcel-smoke-gate  NO GO  v3, 2026-01-02T03:04:05.000Z",
      "  ✗ upload  fail     507",
      "  ✓ health  pass     well",
    ].join("\n"),
    stderr: "",
  });
});

test("of another one, with who has waived what", async () => {
  expect(await project.run("gates", "v2")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("  ! upload  fail     507 (waived by Mira Okafor: the carrier is down)") as string,
  });
});

test("as data", async () => {
  const { stdout, exitCode } = await project.run("gates", "2-b", "--json");
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([
    0,
    { rollout: "2-b", release: "v2", gates: [{ step: "parcel-smoke-gate", decision: "go" }] },
  ]);
});

test("one that came to no gate, and one that nobody knows", async () => {
  expect(await project.run("gates", "1")).toEqual({
    ...{ exitCode: 1, stdout: "" },
    stderr: "switchback: rollout 1-a (v1): no gate has decided yet. What it did: switchback report 1-a",
  });
  expect((await project.run("gates", "1", "--json")).exitCode).toBe(3);
  expect((await project.run("gates", "9")).stderr).toBe(
    "switchback: gates 9: there is no such rollout. Known: 1-a (v1), 2-b (v2), 3-c (v3)",
  );
});
