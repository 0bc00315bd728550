// A candidate is tried on the embedded engine without a trace.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { embedded } from "../../support/engines.ts";
import { Project } from "../../support/project.ts";
import { type Said, switchback } from "../switchback.ts";

let project: Project;

const run = (...argv: string[]): Promise<Said> => switchback(project, "preview", ...argv, "--engine", "embedded");
const stackFile = (): string => readFileSync(join(project.folder, "Pulumi.staging.yaml"), "utf8");

beforeAll(async () => {
  project = await Project.make(embedded);
});

afterAll(() => project.remove());

test("as data, for another release than the configured one", async () => {
  const before = stackFile();
  const preview = await run("--release", "v1.1.0", "--json");
  expect(preview.exitCode).toBe(0);
  expect(JSON.parse(preview.stdout)).toMatchObject({
    asked: "v1.1.0",
    release: "v1.1.0",
    schemaBefore: "apply 0001 orders (expand, reversible), 0002 parcel insurance (expand, reversible)",
    schemaAfter: "nothing",
    number: 1,
    opens: true,
    blocked: false,
  });
  expect(stackFile()).toBe(before);
});

test("in every detail, as the engine shows it", async () => {
  const before = stackFile();
  const preview = await run("--release", "v1.1.0", "--diff");
  expect(preview.exitCode).toBe(0);
  expect(preview.stdout).toContain("parcel-activation");
  expect(stackFile()).toBe(before);
});

test("refuses a release that is no tag", async () => {
  const preview = await run("--release", "v9.9.9");
  expect(preview).toEqual({
    exitCode: 1,
    stdout: "",
    stderr:
      'engine: embedded\nswitchback: switchback:release: "v9.9.9" is no tag of .switchback/parcel. Its newest tags: v1.4.0-broken, v1.3.0-broken, v1.2.0, v1.1.0, broken-cache',
  });
});
