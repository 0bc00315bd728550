/** Where secrets are found, and what is said when they are not there. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { findSecret, type SecretReference, secretSchema } from "../../actions/secret.ts";
import { temporaryFolder } from "../support/context.ts";

const named = (name: string): string => `the one named ${name}`;

test("a secret is found by its name, in a variable, and in a file without the blanks around it", () => {
  const file = join(temporaryFolder(), "token");
  writeFileSync(file, " in a file\n");
  expect(findSecret("PASSWORD", named)).toBe("the one named PASSWORD");
  expect(findSecret({ variable: "TOKEN" }, named, { TOKEN: "in a variable" })).toBe("in a variable");
  expect(findSecret({ file }, named)).toBe("in a file");
});

test("a variable that is not set, and a file that is not there or empty, are named", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "empty"), "\n");
  const words = "the environment variable TOKEN is not set: set it where the pipeline runs";
  expect(() => findSecret({ variable: "TOKEN" }, named, {})).toThrow(words);
  expect(() => findSecret({ variable: "TOKEN" }, named, { TOKEN: "" })).toThrow(words);
  expect(() => findSecret({ file: join(folder, "none") }, named)).toThrow(/none cannot be read: ENOENT/);
  expect(() => findSecret({ file: join(folder, "empty") }, named)).toThrow(/empty is empty: put the secret into it/);
});

test.each<[unknown, boolean]>([
  ["PASSWORD", true],
  [{ variable: "GITHUB_TOKEN" }, true],
  [{ file: "token" }, true],
  ["", false],
  [{ variable: "a b" }, false],
  [{ file: "" }, false],
  [{ value: "the secret itself" }, false],
])("%o as a reference is accepted: %s", (reference, accepted) => {
  expect(secretSchema(z).safeParse(reference as SecretReference).success).toBe(accepted);
});
