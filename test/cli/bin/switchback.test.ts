// The launcher starts on any Node, and says in one sentence what it needs where it cannot go on.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../support/engines.ts";
import { launcher } from "../switchback.ts";

let folder: string;

/** The launcher in an installation without a Node of its own, and what makes this Node look like another. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "switchback-launcher-"));
  mkdirSync(join(folder, "cli/bin"), { recursive: true });
  copyFileSync(launcher, join(folder, "cli/bin/switchback.mjs"));
  mkdirSync(join(folder, "runtime"));
  copyFileSync(join(repository, "runtime/node-version.mjs"), join(folder, "runtime/node-version.mjs"));
  const pretend = "Object.defineProperty(process.versions, 'node', { value: process.env.PRETEND });\n";
  writeFileSync(join(folder, "pretend.cjs"), pretend);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(["20.19.0", "22.17.1"])("Node %s is too old", async (version) => {
  const argv = ["--require", join(folder, "pretend.cjs"), join(folder, "cli/bin/switchback.mjs"), "status"];
  const said = await execa(process.execPath, argv, { env: { PRETEND: version }, reject: false });
  expect([said.exitCode, said.stdout, said.stderr]).toEqual([
    1,
    "",
    `Switchback needs Node 22.18 or newer, this is ${version}: put a newer one first on the PATH`,
  ]);
});

test("in this repository it goes on with the Node that is installed here", async () => {
  const argv = ["--require", join(folder, "pretend.cjs"), launcher, "--version"];
  const said = await execa(process.execPath, argv, { env: { PRETEND: "20.19.0" }, reject: false });
  expect([said.exitCode, said.stderr]).toEqual(
    process.execPath.includes("node_modules") ? [1, expect.anything()] : [0, ""],
  );
});
