import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem } from "./problem.ts";

const variables = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"] as const;

export const passphraseFile = (folder: string): string => join(folder, ".switchback", "passphrase");

/** Whether somebody has said which passphrase to use, be it by a file of ours. */
export const hasPassphrase = (folder: string, environment: NodeJS.ProcessEnv = process.env): boolean =>
  variables.some((name) => environment[name] !== undefined) || existsSync(passphraseFile(folder));

/** What the engine must be told, beside what it inherits. Errors: the file that is named cannot be read. */
export function passphraseVariables(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  wantReadable(environment);
  if (variables.some((name) => environment[name] !== undefined) || !existsSync(passphraseFile(folder))) return {};
  return { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(folder) };
}

function wantReadable({
  PULUMI_CONFIG_PASSPHRASE: given,
  PULUMI_CONFIG_PASSPHRASE_FILE: file = "",
}: NodeJS.ProcessEnv) {
  if (given !== undefined || file === "") return;
  try {
    readFileSync(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem(
      `PULUMI_CONFIG_PASSPHRASE_FILE: ${file} cannot be read: ${why}. Name the passphrase's file, or unset the variable`,
    );
  }
}

/** Makes one up, for its owner's eyes only. */
export function makePassphrase(folder: string): void {
  const path = passphraseFile(folder);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
}
