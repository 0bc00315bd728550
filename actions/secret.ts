import { readFileSync } from "node:fs";
import type * as zod from "zod";
import { Refusal, type Zod } from "./action.ts";

/**
 * Where a secret is found: by its name among the environment's own, in an environment variable of whoever runs the
 * pipeline, or in a file of that machine. The secret itself stands in no argument, state or log.
 */
export type SecretReference = string | { readonly variable: string } | { readonly file: string };

/** Schema of an argument that says where a secret is. */
export const secretSchema = (z: Zod): zod.ZodType<SecretReference, SecretReference> =>
  z.union([
    z.string().min(1).describe("name of one of the environment's secrets"),
    z.strictObject({ variable: z.string().regex(/^[A-Za-z_]\w*$/) }).describe("environment variable that holds it"),
    z.strictObject({ file: z.string().min(1) }).describe("file that holds it; blanks around it are left out"),
  ]);

/** Looks a secret up. Errors: it is not there, or empty. */
export function findSecret(
  reference: SecretReference,
  named: (name: string) => string,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  if (typeof reference === "string") return named(reference);
  if ("variable" in reference) {
    const value = environment[reference.variable];
    if (value) return value;
    throw new Refusal(`the environment variable ${reference.variable} is not set: set it where the pipeline runs`);
  }
  return inFile(reference.file);
}

function inFile(file: string): string {
  try {
    const text = readFileSync(file, "utf8").trim();
    if (text !== "") return text;
  } catch (error) {
    throw new Refusal(`the secret in ${file} cannot be read: ${(error as Error).message}`);
  }
  throw new Refusal(`${file} is empty: put the secret into it`);
}
