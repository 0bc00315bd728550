// Wrong usage and wrong surroundings: one clear message, an exit code that is not 0, nothing changed, no stack trace.
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { project, stack, switchback } from "./switchback.ts";

let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-main-")));
  environment = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder, TMPDIR: process.env.TMPDIR };
  writeFileSync(join(folder, "Pulumi.yaml"), project);
  writeFileSync(join(folder, "Pulumi.staging.yaml"), stack);
  writeFileSync(join(folder, "Pulumi.production.yaml"), stack);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const usage = "For help: switchback --help";

test.each([
  { argv: ["frobnicate"], exitCode: 2, message: `switchback: unknown command 'frobnicate'\n${usage}` },
  { argv: ["up", "--frob"], exitCode: 2, message: `switchback: unknown option '--frob'\n${usage}` },
  {
    argv: ["up", "--release"],
    exitCode: 2,
    message: `switchback: option '--release <tag>' argument missing\n${usage}`,
  },
  {
    argv: ["rollback", "v1", "v2"],
    exitCode: 2,
    message: `switchback: too many arguments for 'rollback'. Expected 1 argument but got 2: v1, v2.\n${usage}`,
  },
  {
    argv: ["up", "--engine", "x"],
    exitCode: 2,
    message: `switchback: option '--engine <engine>' argument 'x' is invalid. Allowed choices are pulumi, embedded.\n${usage}`,
  },
  {
    argv: ["status", "--stack", "nope"],
    exitCode: 1,
    message: "switchback: --stack nope: there is no Pulumi.nope.yaml. Those here: production, staging.",
  },
  {
    argv: ["status", "--engine", "pulumi"],
    exitCode: 1,
    message:
      "switchback: --engine pulumi: there is no Pulumi CLI on PATH or in ~/.pulumi/bin. Install it, or use --engine embedded.",
  },
  {
    argv: ["up", "--yes", "--stack", "production"],
    exitCode: 1,
    message:
      "switchback: production: there is no Pulumi CLI here, and production does not run on the embedded engine unless you say so: --engine embedded",
  },
  {
    argv: ["preview"],
    exitCode: 1,
    message:
      "engine: embedded\nswitchback: staging: this stack has not been made yet. To make it and see the preview: switchback up",
  },
  {
    argv: ["rollback"],
    exitCode: 1,
    message: "engine: embedded\nswitchback: staging: nothing was released yet, so there is nothing to go back to.",
  },
  { argv: ["report"], exitCode: 1, message: "engine: embedded\nswitchback: staging: nothing was released yet" },
])("$argv", async ({ argv, exitCode, message }) => {
  const said = await switchback({ folder, environment }, ...argv);
  expect(said).toEqual({ exitCode, stdout: "", stderr: message });
  expect(readFileSync(join(folder, "Pulumi.staging.yaml"), "utf8")).toBe(stack);
  expect(readdirSync(folder).sort()).toEqual(
    expect.arrayContaining(["Pulumi.production.yaml", "Pulumi.staging.yaml", "Pulumi.yaml"]),
  );
});

test.each([
  ["history", "staging: nothing was released yet"],
  ["stop", "staging: nothing was ever started"],
])("%s before the first release", async (command, stdout) => {
  expect(await switchback({ folder, environment }, command)).toMatchObject({ exitCode: 0, stdout });
});

test("verify before the first release: an empty folder may be a store that is not mounted", async () => {
  expect(await switchback({ folder, environment }, "verify")).toMatchObject({
    exitCode: 1,
    stdout: "? evidence in store: unknown\n    there is no store.json: it is not mounted, or nothing was released yet",
  });
});

test("outside of a project", async () => {
  const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "switchback-nowhere-")));
  const said = await switchback({ folder: elsewhere, environment }, "status");
  rmSync(elsewhere, { recursive: true });
  expect(said.stderr).toBe(
    `switchback: ${elsewhere}: there is no Pulumi.yaml here or above. Go to your project's folder.`,
  );
  expect(said.exitCode).toBe(1);
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  expect(await switchback({ folder, environment }, "--version")).toEqual({ exitCode: 0, stdout: version, stderr: "" });
});
