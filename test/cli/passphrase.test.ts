// A passphrase is made up only where nobody has said one.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasPassphrase, makePassphrase, passphraseFile, passphraseVariables } from "../../cli/passphrase.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "switchback-passphrase-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("one is made for its owner alone, and the engine is told where it is", () => {
  expect(hasPassphrase(folder, {})).toBe(false);
  makePassphrase(folder);
  expect(hasPassphrase(folder, {})).toBe(true);
  expect(statSync(passphraseFile(folder)).mode & 0o777).toBe(0o600);
  expect(readFileSync(passphraseFile(folder), "utf8")).toMatch(/^[\w-]{32}$/);
  expect(passphraseVariables(folder, {})).toEqual({ PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(folder) });
});

test("refuses to overwrite one", () => {
  makePassphrase(folder);
  expect(() => {
    makePassphrase(folder);
  }).toThrow("EEXIST");
});

test.each(["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])(
  "%s is left as it is, also when it is empty",
  (name) => {
    makePassphrase(folder);
    expect(hasPassphrase(folder, { [name]: "" })).toBe(true);
    expect(passphraseVariables(folder, { [name]: "" })).toEqual({});
  },
);

test.each([
  ["a file that is not there", "nowhere", "ENOENT"],
  ["a folder", ".", "EISDIR"],
])("a passphrase in %s is refused before the engine asks for it", (_, name, code) => {
  const file = join(folder, name);
  expect(() => passphraseVariables(folder, { PULUMI_CONFIG_PASSPHRASE_FILE: file })).toThrow(
    new RegExp(
      `^PULUMI_CONFIG_PASSPHRASE_FILE: ${file} cannot be read: ${code}[^\\n]*\\. Name the passphrase's file, or unset the variable$`,
    ),
  );
});
