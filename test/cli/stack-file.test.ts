// Pulumi.STACK.yaml is changed as a person would: nothing else in it moves, and trying a candidate leaves no trace.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StackFile } from "../../cli/stack-file.ts";

const text = `# The staging environment
config:
  switchback:release: v1.0.0 # what serves
  switchback:environment: { address: http://127.0.0.1:1 }
  switchback:rollbackFrom: v1.1.0
encryptionsalt: v1:abc
`;
let folder: string;
let file: StackFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "switchback-stack-"));
  file = new StackFile(folder, "staging");
  writeFileSync(file.path, text);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a change keeps comments, order and everything else", () => {
  file.change({ release: "v1.2.0", rollbackFrom: undefined, restore: "a-backup" });
  expect(readFileSync(file.path, "utf8")).toBe(`# The staging environment
config:
  switchback:release: v1.2.0 # what serves
  switchback:environment: { address: http://127.0.0.1:1 }
  switchback:restore: a-backup
encryptionsalt: v1:abc
`);
});

test("a change that changes nothing leaves the file byte for byte", () => {
  file.change({ release: "v1.0.0", restore: undefined });
  expect(readFileSync(file.path, "utf8")).toBe(text);
});

test("a candidate is tried on a copy, which is gone afterwards", async () => {
  let copy = "";
  const seen = await file.tried({ release: "v9" }, (path) => {
    copy = path;
    return Promise.resolve(readFileSync(path, "utf8"));
  });
  expect(seen).toContain("switchback:release: v9 # what serves");
  expect(existsSync(dirname(copy))).toBe(false);
  expect(readFileSync(file.path, "utf8")).toBe(text);
});

test("the copy is gone after a failure, too", async () => {
  let copy = "";
  const fails = (path: string): Promise<never> => {
    copy = path;
    return Promise.reject(new Error("no"));
  };
  await expect(file.tried({}, fails)).rejects.toThrow("no");
  expect(existsSync(dirname(copy))).toBe(false);
});

test("a salt whose passphrase is gone is forgotten", () => {
  file.forgetSalt();
  expect(readFileSync(file.path, "utf8")).toBe(text.replace("encryptionsalt: v1:abc\n", ""));
});

test("refuses to forget the salt of secrets that are there", () => {
  writeFileSync(
    file.path,
    text
      .replace("  switchback:rollbackFrom: v1.1.0\n", "")
      .replace("encryption", "  key:\n    secure: v1:x\nencryption"),
  );
  expect(() => {
    file.forgetSalt();
  }).toThrow(
    `Pulumi.staging.yaml: holds secrets, and the passphrase they were made with is not here. Set PULUMI_CONFIG_PASSPHRASE, or remove them.`,
  );
});

test("refuses what is no YAML", () => {
  writeFileSync(file.path, "config: [\n");
  expect(() => file.config()).toThrow(/^Pulumi.staging.yaml: is not valid YAML: .* at line 2, column 1$/);
});

test("a file that is not there is empty", () => {
  expect(new StackFile(folder, "other").config()).toEqual({});
});
