/** Proves that a project is tested in a copy that has all of it but what is the working copy's own. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { configure, copyProject, dropSecrets } from "../../testing/project-copy.ts";
import { makeSmallProject } from "../support/small-project.ts";

function copy(project: string): string {
  const folder = copyProject(project);
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

const settings = (folder: string): unknown => parse(readFileSync(join(folder, "Pulumi.staging.yaml"), "utf8"));

test("the program comes along, state and history of the working copy do not", () => {
  const project = makeSmallProject();
  for (const name of [".git", ".switchback"]) {
    mkdirSync(join(project, name));
    writeFileSync(join(project, name, "own"), "");
  }
  const folder = copy(project);
  expect(readFileSync(join(folder, "actions/write.ts"), "utf8")).toContain("writing");
  expect(existsSync(join(folder, ".git"))).toBe(false);
  expect(existsSync(join(folder, ".switchback/own"))).toBe(false);
  expect(existsSync(join(folder, "node_modules/switchback/package.json"))).toBe(true);
  expect(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"))).toMatchObject({
    name: "small",
    backend: { url: "file://./.switchback/backend" },
  });
});

test("what empties the packages of the copy leaves those of the project alone", () => {
  const project = makeSmallProject();
  const folder = copy(project);
  rmSync(join(folder, "node_modules"), { recursive: true });
  expect(existsSync(join(project, "node_modules/switchback/package.json"))).toBe(true);
});

test("secrets of the original are left out, for nobody could open them", () => {
  const folder = copy(makeSmallProject());
  dropSecrets(folder, "staging");
  expect(settings(folder)).toEqual({ config: { "small:release": "v1" } });
});

test("configuration is added to what is there, also where there is none", () => {
  const folder = copy(makeSmallProject());
  dropSecrets(folder, "staging");
  configure(folder, "staging", { "small:hosts": [{ name: "a" }] });
  expect(settings(folder)).toEqual({ config: { "small:release": "v1", "small:hosts": [{ name: "a" }] } });
  configure(folder, "other", { "small:release": "v9" });
  expect(parse(readFileSync(join(folder, "Pulumi.other.yaml"), "utf8"))).toEqual({ config: { "small:release": "v9" } });
});
