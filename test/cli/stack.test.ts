// A stack as the commands see it through its engine, here one that says what a test wants.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import type { Project } from "../../cli/project.ts";
import { Stack } from "../../cli/stack.ts";
import { StackFile } from "../../cli/stack-file.ts";

let folder: string;
let project: Project;
let said: MockInstance<typeof process.stderr.write>;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-stack-")));
  project = {
    name: "releases",
    folder,
    stackFolder: folder,
    backend: join(folder, ".switchback/backend"),
    localBackend: join(folder, ".switchback/backend"),
    config: {},
  };
  writeFileSync(join(folder, "Pulumi.staging.yaml"), "config: {}\nencryptionsalt: v1:of:another\n");
  said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE_FILE", undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Its engine runs this script. */
function stackOn(script: string, given: Partial<Project> = {}): Stack {
  const executable = join(folder, "pulumi");
  writeFileSync(executable, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return new Stack("staging", { ...project, ...given }, new StackFile(folder, "staging"), {
    name: "pulumi",
    executable,
  });
}

test("its state is what the engine exports, in the project's folder", async () => {
  const stack = stackOn(`echo "$PWD $*" > seen; echo '{"deployment":{"resources":[]}}'`);
  expect(await stack.state()).toEqual({ record: undefined, wayBack: undefined, activation: undefined, routes: [] });
  expect(readFileSync(join(folder, "seen"), "utf8")).toBe(
    `${folder} stack export --stack staging --non-interactive --color never\n`,
  );
});

test("the engine is named once, and not before it is needed", async () => {
  const stack = stackOn("echo '{}'");
  expect(said).not.toHaveBeenCalled();
  await stack.state();
  await stack.state();
  expect(said).toHaveBeenCalledExactlyOnceWith(`engine: Pulumi CLI, ${join(folder, "pulumi")}\n`);
});

test("one that was never made has no state", async () => {
  expect(await stackOn("echo \"error: no stack named 'staging' found\" >&2; exit 6").state()).toBeUndefined();
});

test("made here, it gets a passphrase that is told to the engine, and the old salt is forgotten", async () => {
  await stackOn('echo "$*" > seen; echo "$PULUMI_CONFIG_PASSPHRASE_FILE" >> seen').make();
  const passphrase = join(folder, ".switchback/passphrase");
  expect(readFileSync(join(folder, "seen"), "utf8")).toBe(
    `stack init staging --non-interactive --color never\n${passphrase}\n`,
  );
  expect(statSync(passphrase).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, "Pulumi.staging.yaml"), "utf8")).toBe("config: {}\n");
});

test("a passphrase that somebody has set is kept, with the salt", async () => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "mine");
  await stackOn("true").make();
  expect(existsSync(join(folder, ".switchback/passphrase"))).toBe(false);
  expect(readFileSync(join(folder, "Pulumi.staging.yaml"), "utf8")).toContain("v1:of:another");
});

test("refuses to make one where others keep the state", async () => {
  await expect(stackOn("false", { localBackend: undefined }).make()).rejects.toThrow(
    "staging: there is no such stack. To make it: pulumi stack init staging",
  );
});

test("refuses to plan without the passphrase its secrets were made with", async () => {
  await expect(stackOn("echo v3.270.0").preview("file", () => undefined)).rejects.toThrow(
    "staging: its secrets were made with a passphrase that is not here. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
  );
});

test("what goes wrong is said without the engine's noise", async () => {
  await expect(stackOn('echo "error: out of order" >&2; exit 1').history()).rejects.toThrow(/^out of order$/);
});
