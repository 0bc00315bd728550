/** Keys made for a test, and tags signed with them. Tests are skipped by name where a program is missing. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, test } from "vitest";
import { temporaryFolder } from "./context.ts";
import type { TestRepository } from "./repository.ts";

/** A test that needs a program. */
export const testWith = (program: string, name: string, run: () => Promise<void>): void => {
  const isThere = spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
  test.skipIf(!isThere)(isThere ? name : `${name} [skipped: there is no ${program} here]`, run);
};

/** A new SSH key; returns the path of its private half. */
export function sshKey(): string {
  const key = join(temporaryFolder(), "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
  return key;
}

/** A file of allowed signers in which Kim signs with the keys that are given. */
export function allowedSigners(...keys: string[]): string {
  const file = join(temporaryFolder(), "allowed");
  const lines = keys.map((key) => `kim@example.test namespaces="git" ${readFileSync(`${key}.pub`, "utf8").trim()}\n`);
  writeFileSync(file, lines.join(""));
  return file;
}

export const signBySsh = (repository: TestRepository, tag: string, key: string): void => {
  repository.git("-c", "gpg.format=ssh", "-c", `user.signingKey=${key}`, "tag", "--sign", "--message", tag, tag);
};

/** A folder of GnuPG's with a new key of Kim's. Its path is short: a socket is made in it. */
export function gpgHome(): string {
  const folder = mkdtempSync(join(tmpdir(), "gpg-"));
  chmodSync(folder, 0o700);
  const environment = { ...process.env, GNUPGHOME: folder };
  onTestFinished(() => {
    spawnSync("gpgconf", ["--kill", "all"], { env: environment });
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
  const key = ["--quick-generate-key", "Kim <kim@example.test>", "ed25519", "sign", "never"];
  execFileSync("gpg", ["--batch", "--quiet", "--passphrase", "", ...key], { env: environment, stdio: "ignore" });
  return folder;
}

export function signByGpg(repository: TestRepository, tag: string, home: string): void {
  const argv = ["-c", "user.name=Kim", "-c", "user.email=kim@example.test", "-c", "gpg.format=openpgp"];
  execFileSync("git", ["-C", repository.path, ...argv, "tag", "--sign", "--message", tag, tag], {
    env: { ...process.env, GNUPGHOME: home },
    stdio: "ignore",
  });
}
