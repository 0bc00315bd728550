// What a command works on: which project, which stack.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chooseStack, findProject, stacksOf } from "../../cli/project.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-project-")));
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function write(project: string, ...stacks: string[]): void {
  writeFileSync(join(folder, "Pulumi.yaml"), project);
  for (const stack of stacks) writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "config: {}\n");
}

test("a project is found from a folder inside it", () => {
  write("name: releases\nconfig:\n  switchback:source:\n    value: { repository: app }\n  plain: text\n");
  const inside = join(folder, "deep", "down");
  mkdirSync(inside, { recursive: true });
  expect(findProject(inside)).toEqual({
    name: "releases",
    folder,
    stackFolder: folder,
    backend: undefined,
    localBackend: undefined,
    config: { "switchback:source": { repository: "app" }, plain: "text" },
  });
});

test.each([
  ["backend: { url: file://./.switchback/backend }", ".switchback/backend"],
  ["backend: { url: s3://bucket }", undefined],
])("%s keeps its state in %s", (backend, expected) => {
  write(`name: releases\n${backend}\n`);
  const found = expected && join(folder, expected);
  expect(findProject(folder)).toMatchObject({ backend: found, localBackend: found });
});

test.each([
  ["s3://bucket", undefined],
  ["file:///srv/state?no_tmp_dir=true", "/srv/state"],
  ["file://~/state", join(homedir(), "state")],
])("the backend %s of the environment is used, and is not the project's own", (url, backend) => {
  write("name: releases\nbackend: { url: file://./.switchback/backend }\n");
  vi.stubEnv("PULUMI_BACKEND_URL", url);
  expect(findProject(folder)).toMatchObject({ backend, localBackend: undefined });
});

test("stack files may lie in a folder of their own", () => {
  mkdirSync(join(folder, "stacks"));
  write("name: releases\nstackConfigDir: stacks\n");
  writeFileSync(join(folder, "stacks", "Pulumi.blue.yaml"), "");
  expect(stacksOf(findProject(folder))).toEqual(["blue"]);
});

test("refuses a folder without a project", () => {
  expect(() => findProject(folder)).toThrow(
    `${folder}: there is no Pulumi.yaml here or above. Go to your project's folder.`,
  );
});

test("refuses a Pulumi.yaml without a name", () => {
  write("description: nameless\n");
  expect(() => findProject(folder)).toThrow(`${folder}/Pulumi.yaml: has no name. Add one: name: releases`);
});

test.each([
  { stacks: ["staging", "production"], named: undefined, chosen: "staging" },
  { stacks: ["staging", "production"], named: "production", chosen: "production" },
  { stacks: ["blue"], named: undefined, chosen: "blue" },
])("of $stacks, asked for $named, it is $chosen", ({ stacks, named, chosen }) => {
  write("name: releases\n", ...stacks);
  expect(chooseStack(findProject(folder), named)).toBe(chosen);
});

test.each([
  { stacks: ["staging"], named: "nope", message: "--stack nope: there is no Pulumi.nope.yaml. Those here: staging." },
  {
    stacks: ["blue", "green"],
    named: undefined,
    message: "which stack? Those here: blue, green. Name it: --stack NAME",
  },
  { stacks: [], named: undefined, message: "which stack? There is none here. Name it: --stack NAME" },
])("refuses $named of $stacks", ({ stacks, named, message }) => {
  write("name: releases\n", ...stacks);
  expect(() => chooseStack(findProject(folder), named)).toThrow(message);
});
