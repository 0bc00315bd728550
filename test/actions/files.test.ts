/** Files that are replaced as a whole. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readIfThere, writeAtomic, writeAtomicAlone, writeNew } from "../../actions/files.ts";
import { temporaryFolder } from "../support/context.ts";

test("a file is made with its folders, replaced, and leaves nothing beside it", () => {
  const folder = temporaryFolder();
  const path = join(folder, "a", "b", "file");
  writeAtomic(path, "old");
  writeAtomic(path, "new", 0o600);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["file"]);
});

test("what cannot be put in place leaves nothing beside it either", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "taken", "inside"), { recursive: true });
  expect(() => {
    writeAtomic(join(folder, "taken"), "text");
  }).toThrow("EISDIR");
  expect(readdirSync(folder)).toEqual(["taken"]);
});

test.each(["file", "link", "folder"])("a %s in the place of a new file is replaced, not written into", (kind) => {
  const folder = temporaryFolder();
  const [path, elsewhere] = [join(folder, ".env"), join(folder, "elsewhere")];
  writeFileSync(elsewhere, "untouched");
  if (kind === "file") writeFileSync(path, "old", { mode: 0o666 });
  if (kind === "link") symlinkSync(elsewhere, path);
  if (kind === "folder") mkdirSync(path);
  writeNew(path, "secret", 0o600);
  expect([readFileSync(path, "utf8"), readFileSync(elsewhere, "utf8")]).toEqual(["secret", "untouched"]);
  expect([lstatSync(path).isFile(), statSync(path).mode & 0o777]).toEqual([true, 0o600]);
});

test("a file that is not there is undefined; anything else that fails is thrown", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "text");
  expect(readIfThere(join(folder, "file"))).toBe("text");
  expect(readIfThere(join(folder, "other"))).toBeUndefined();
  mkdirSync(join(folder, "folder"));
  expect(() => readIfThere(join(folder, "folder"))).toThrow(
    `${join(folder, "folder")}: is a folder, a file is expected there. Move it away`,
  );
});

test("what a killed writer of a file with one writer has left is taken away by the next", () => {
  const path = join(temporaryFolder(), "one");
  writeFileSync(`${path}.tmp`, "half");
  writeAtomicAlone(path, "whole");
  expect([readFileSync(path, "utf8"), existsSync(`${path}.tmp`)]).toEqual(["whole", false]);
});
