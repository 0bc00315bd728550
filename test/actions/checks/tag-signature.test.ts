/** Signatures of tags, made and verified by the real programs. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeSignature, type Signers } from "../../../actions/checks/tag-signature.ts";
import { makeContext, temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";
import { allowedSigners, gpgHome, signByGpg, signBySsh, sshKey, testWith } from "../../support/signing.ts";

const judge = async (repository: TestRepository, signers: Signers): Promise<string[]> => {
  const { verdict, seen } = await judgeSignature(repository.path, "v1", signers, makeContext().context);
  return [verdict, seen];
};

function committed(): TestRepository {
  const repository = new TestRepository();
  repository.commit("First");
  return repository;
}

/** Puts another text under a tag's signature, as somebody would who has no key. */
function forge(repository: TestRepository): void {
  const text = repository.git("cat-file", "tag", "refs/tags/v1").replace("\nv1\n", "\nv1, with more\n");
  const file = join(temporaryFolder(), "tag");
  writeFileSync(file, `${text}\n`);
  const object = repository.git("hash-object", "-t", "tag", "-w", file);
  repository.git("update-ref", "refs/tags/v1", object);
}

testWith("ssh-keygen", "a tag signed with the key of an allowed signer passes", async () => {
  const repository = committed();
  const key = sshKey();
  signBySsh(repository, "v1", key);
  expect(await judge(repository, { allowedSigners: allowedSigners(sshKey(), key) })).toEqual([
    "pass",
    "v1 is signed (SSH)",
  ]);
});

testWith("ssh-keygen", "a key that is not allowed, and a text that was changed, fail", async () => {
  const repository = committed();
  const key = sshKey();
  signBySsh(repository, "v1", key);
  expect(await judge(repository, { allowedSigners: allowedSigners(sshKey()) })).toEqual([
    ...["fail", "v1 is signed by somebody who is not among the allowed signers"],
  ]);
  const allowed = allowedSigners(key);
  writeFileSync(allowed, readFileSync(allowed, "utf8").replace(" namespaces", ' valid-before="20200101",namespaces'));
  expect(await judge(repository, { allowedSigners: allowed })).toEqual([
    ...["fail", "v1 is signed with a key that is not valid now"],
  ]);
  forge(repository);
  expect(await judge(repository, { allowedSigners: allowedSigners(key) })).toEqual([
    ...["fail", "v1 has a signature that is not good: its text was changed, or the key revoked"],
  ]);
});

testWith("ssh-keygen", "without those who are allowed, nothing can be said", async () => {
  const repository = committed();
  signBySsh(repository, "v1", sshKey());
  const file = join(temporaryFolder(), "none");
  expect(await judge(repository, { allowedSigners: file })).toEqual([
    ...["unknown", "v1 cannot be verified: the file of allowed signers is not there"],
  ]);
  repository.git("config", "gpg.ssh.allowedSignersFile", "");
  expect((await judge(repository, {}))[0]).toBe("unknown");
});

testWith("ssh-keygen", "the repository's settings do not say what verifies", async () => {
  const repository = committed();
  signBySsh(repository, "v1", sshKey());
  for (const name of ["gpg.program", "gpg.ssh.program"]) repository.git("config", name, "true");
  expect((await judge(repository, { allowedSigners: allowedSigners(sshKey()) }))[0]).toBe("fail");
});

testWith("gpg", "GnuPG: a known key passes, a changed text fails, a key that is not known is unknown", async () => {
  const repository = committed();
  const home = gpgHome();
  signByGpg(repository, "v1", home);
  expect(await judge(repository, { gpgHome: home })).toEqual(["pass", "v1 is signed (PGP)"]);
  expect(await judge(repository, { gpgHome: gpgHome() })).toEqual([
    ...["unknown", "v1 is signed with a key that is not known here: import it, or name gpgHome"],
  ]);
  forge(repository);
  expect(await judge(repository, { gpgHome: home })).toEqual([
    "fail",
    "v1 has a signature that is not good: its text was changed, or the key revoked",
  ]);
});

test("a tag without a signature fails", async () => {
  const repository = committed();
  repository.tag("v1");
  expect(await judge(repository, {})).toEqual(["fail", "v1 is not signed: git tag --sign says who it is from"]);
});
