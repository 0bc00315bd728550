import { chmodSync, existsSync, lstatSync, readFileSync, renameSync, statSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import {
  configKey,
  configPlace,
  configText,
  parsePropertyPath,
  StackFile,
  stackConfiguration,
} from "../../engine/configuration.ts";
import { findProject, type Project } from "../../engine/workspace.ts";
import { EngineProject } from "../support/engine-project.ts";

const header = "name: case\nruntime: nodejs\nconfig:\n";

function open(
  projectConfig: string,
  stackConfig: string,
): { project: Project; values: ReturnType<typeof stackConfiguration> } {
  const files = { "Pulumi.yaml": header + projectConfig, "Pulumi.dev.yaml": `config:\n${stackConfig}` };
  const project = findProject(new EngineProject("", { files }).directory);
  if (!project) throw new Error("no project");
  return { project, values: stackConfiguration(project, new StackFile(project, "dev")) };
}

test("the stack's values stand over the project's, which may be values, defaults or objects of any namespace", () => {
  const { values } = open(
    "  case:region: { type: string, default: eu }\n  size: 3\n  other:key: { value: { a: [1] } }\n",
    "  case:size: '4'\n  old:config:name: x\n",
  );
  expect(values).toEqual({ "case:region": "eu", "case:size": "4", "old:name": "x", "other:key": { a: [1] } });
  expect(configText({ b: [{ f: 1, e: 2 }], a: { d: 1, c: 2 } })).toBe('{"a":{"c":2,"d":1},"b":[{"e":2,"f":1}]}');
});

test("keys have a namespace, paths lead into values", () => {
  expect(configKey("name", "case")).toBe("case:name");
  expect(() => configKey("a:b:c", "case")).toThrow("invalid configuration key");
  expect(configPlace('other:a.b[0]["c.d"]', "case", true)).toEqual({ key: "other:a", path: ["b", 0, "c.d"] });
  expect(configPlace("a.b", "case", false)).toEqual({ key: "case:a.b", path: [] });
  expect(parsePropertyPath("triggers[*]")).toEqual(["triggers", "*"]);
});

function openFile(text: string): StackFile {
  const project = findProject(new EngineProject("", { files: { "Pulumi.dev.yaml": text } }).directory);
  if (!project) throw new Error("no project");
  return new StackFile(project, "dev");
}

test("edits keep comments and order, and quote what others take for numbers and booleans", () => {
  const file = openFile("# mine\nencryptionsalt: v1:x\nconfig:\n  case:b: '1' # note\n");
  file.set({ key: "case:n", path: ["n"] }, "5");
  file.set({ key: "case:l", path: ["list", 0] }, true);
  file.set({ key: "case:s", path: [] }, { secure: "v1:c" });
  file.save();
  expect(readFileSync(file.path, "utf8")).toBe(
    '# mine\nencryptionsalt: v1:x\nconfig:\n  case:b: \'1\' # note\n  case:n:\n    "n": "5"\n  case:l:\n    list:\n      - true\n  case:s:\n    secure: v1:c\n',
  );
});

test("removing the last value removes the section; the salt comes first", () => {
  const file = openFile("config:\n  case:a: x\n");
  file.remove({ key: "case:nope", path: [] });
  expect(file.config()).toEqual({ "case:a": "x" });
  file.remove({ key: "case:a", path: [] });
  expect(file.config()).toEqual({});
  file.set({ key: "case:b", path: [] }, "y");
  file.setSalt("v1:new");
  file.save();
  expect(readFileSync(file.path, "utf8")).toBe('encryptionsalt: v1:new\nconfig:\n  case:b: "y"\n');
});

test("the file is replaced as a whole, where it is and with its mode; on a full disk the old one stays", () => {
  const text = "encryptionsalt: v1:x\n";
  const first = openFile(text);
  const elsewhere = `${first.path}.elsewhere`;
  renameSync(first.path, elsewhere);
  chmodSync(elsewhere, 0o640);
  symlinkSync(elsewhere, first.path);
  first.save();
  expect(lstatSync(first.path).isSymbolicLink()).toBe(true);
  expect(statSync(elsewhere).mode & 0o777).toBe(0o640);
  symlinkSync("/dev/full", `${elsewhere}.tmp`);
  first.set({ key: "case:a", path: [] }, "more");
  expect(() => {
    first.save();
  }).toThrow(`could not write ${first.path}: ENOSPC: no space left on device, write`);
  expect(readFileSync(first.path, "utf8")).toBe(text);
  expect(existsSync(`${elsewhere}.tmp`)).toBe(false);
});

test("a plain value as a whole, or a secret, gives way to an object; a list that is new may begin anywhere", () => {
  const file = openFile("config:\n  case:a: text\n  case:s: { secure: v1:x }\n");
  file.set({ key: "case:a", path: ["b", 0] }, 1);
  file.set({ key: "case:s", path: ["c"] }, 2);
  file.set({ key: "case:l", path: [1] }, 3);
  expect(file.config()).toEqual({ "case:a": { b: [1] }, "case:s": { c: 2 }, "case:l": [null, 3] });
});

test.each<[(string | number)[], string]>([
  [["text", "b"], "expected a map"],
  [["text", 0], "expected an array"],
  [["sealed", "b"], "expected a map"],
  [["list", "b"], "key for an array must be an int"],
  [["list", 2], "array index out of range"],
  [["map", 0], "key for a map must be a string"],
])("within an object %j is no place", (path, problem) => {
  const file = openFile("config:\n  case:o: { text: x, sealed: { secure: v1:x }, list: [1], map: { a: 1 } }\n");
  const before = file.config();
  expect(() => {
    file.set({ key: "case:o", path }, 1);
  }).toThrow(problem);
  expect(file.config()).toEqual(before);
});

test("what is no stack file, or needs the CLI, is refused", () => {
  expect(() => openFile("config: [")).toThrow("could not load");
  expect(() => openFile("secretsprovider: awskms://x\n")).toThrow(/needs the Pulumi CLI$/);
});
