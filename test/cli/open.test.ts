// Every command begins with a stack, and works from the project's folder.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStack } from "../../cli/open.ts";

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-open-")));
  mkdirSync(join(folder, "inside"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: releases\n");
  writeFileSync(join(folder, "Pulumi.staging.yaml"), "config: { switchback:release: v1 }\n");
  process.chdir(join(folder, "inside"));
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

test("from a folder inside the project", () => {
  const stack = openStack({ engine: "embedded" });
  expect([stack.name, stack.engine.name, stack.file.release, process.cwd()]).toEqual([
    "staging",
    "embedded",
    "v1",
    folder,
  ]);
});

test("a refusal leaves everything where it was", () => {
  expect(() => openStack({ stack: "nope" })).toThrow(
    "--stack nope: there is no Pulumi.nope.yaml. Those here: staging.",
  );
  expect(process.cwd()).toBe(join(folder, "inside"));
});
