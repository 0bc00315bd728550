/** Files that are replaced as a whole. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readIfThere, writeAtomic } from "../../actions/files.ts";
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
