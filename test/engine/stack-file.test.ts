import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findProject } from "../../engine/project-file.ts";
import { StackFile } from "../../engine/stack-file.ts";
import { EngineProject } from "../support/engine-project.ts";

function open(text: string): StackFile {
  const project = findProject(new EngineProject("", { files: { "Pulumi.dev.yaml": text } }).directory);
  if (!project) throw new Error("no project");
  return new StackFile(project, "dev");
}

test("edits keep comments and order, and quote what others take for numbers and booleans", () => {
  const file = open("# mine\nencryptionsalt: v1:x\nconfig:\n  case:b: '1' # note\n");
  file.set({ key: "case:n", path: ["n"] }, "5");
  file.set({ key: "case:l", path: ["list", 0] }, true);
  file.set({ key: "case:s", path: [] }, { secure: "v1:c" });
  file.save();
  expect(readFileSync(file.path, "utf8")).toBe(
    '# mine\nencryptionsalt: v1:x\nconfig:\n  case:b: \'1\' # note\n  case:n:\n    "n": "5"\n  case:l:\n    list:\n      - true\n  case:s:\n    secure: v1:c\n',
  );
});

test("removing the last value removes the section; the salt comes first", () => {
  const file = open("config:\n  case:a: x\n");
  expect(file.remove({ key: "case:a", path: [] })).toBe(true);
  expect(file.remove({ key: "case:nope", path: [] })).toBe(false);
  file.set({ key: "case:b", path: [] }, "y");
  file.setSalt("v1:new");
  file.save();
  expect(readFileSync(file.path, "utf8")).toBe('encryptionsalt: v1:new\nconfig:\n  case:b: "y"\n');
});

test("a place that cannot be is refused", () => {
  const file = open("config:\n  case:a: text\n");
  expect(() => {
    file.set({ key: "case:a", path: ["b"] }, 1);
  }).toThrow('an array or object is expected at case:a, found "text"');
  expect(() => {
    file.set({ key: "case:l", path: [3] }, 1);
  }).toThrow("array index out of range: 3");
  expect(() => open("config: [")).toThrow("could not load");
  expect(() => open("secretsprovider: awskms://x\n")).toThrow(/needs the Pulumi CLI$/);
});
