// Which engine runs a pipeline: the Pulumi CLI where there is one, and production never by accident on the embedded one.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseEngine, describe as inWords } from "../../cli/engine.ts";
import { embedded } from "../support/engines.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "switchback-engine-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function install(...path: string[]): string {
  const executable = join(folder, ...path, "pulumi");
  mkdirSync(dirname(executable), { recursive: true });
  writeFileSync(executable, "a program");
  return executable;
}

test("a CLI on PATH is used", () => {
  const executable = install("bin");
  expect(chooseEngine(undefined, "staging", { PATH: `/nowhere:${join(folder, "bin")}` }, folder)).toEqual({
    name: "pulumi",
    executable,
  });
});

test("a CLI where its installer puts it is used", () => {
  const executable = install(".pulumi", "bin");
  const engine = chooseEngine(undefined, "production", { PATH: "/nowhere" }, folder);
  expect(engine).toEqual({ name: "pulumi", executable });
  expect(inWords(engine, folder)).toBe("engine: Pulumi CLI, ~/.pulumi/bin/pulumi");
});

test("without one the embedded engine is used", () => {
  const engine = chooseEngine(undefined, "staging", { PATH: "/nowhere" }, folder);
  expect(engine).toEqual({ name: "embedded", executable: embedded.path });
  expect(inWords(engine)).toBe("engine: embedded");
});

test("the embedded engine on PATH is no CLI, nor is a link to it, nor another installation's", () => {
  mkdirSync(join(folder, "links"));
  symlinkSync(embedded.path, join(folder, "links", "pulumi"));
  writeFileSync(install("other"), "#!/bin/sh\n# Starts the embedded engine.\n");
  const PATH = [dirname(embedded.path), join(folder, "links"), join(folder, "other")].join(":");
  expect(chooseEngine(undefined, "staging", { PATH }, folder).name).toBe("embedded");
});

test("the embedded engine is used where it is asked for, also in production", () => {
  install(".pulumi", "bin");
  expect(chooseEngine("embedded", "production", { PATH: "" }, folder).name).toBe("embedded");
});

test("refuses production on the embedded engine when nobody asked for it", () => {
  expect(() => chooseEngine(undefined, "production", { PATH: "" }, folder)).toThrow(
    "production: there is no Pulumi CLI here, and production does not run on the embedded engine unless you say so: --engine embedded",
  );
});

test("refuses a CLI that is not there", () => {
  expect(() => chooseEngine("pulumi", "staging", { PATH: "" }, folder)).toThrow(
    "--engine pulumi: there is no Pulumi CLI on PATH or in ~/.pulumi/bin. Install it, or use --engine embedded.",
  );
});
