/** The check of a release's tag, in real repositories. */
import { expect, test } from "vitest";
import { annotatedTag } from "../../../actions/checks/annotated-tag.ts";
import { call } from "../../../components/call.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";
import { allowedSigners, signBySsh, sshKey, testWith } from "../../support/signing.ts";

async function verdict(repository: string, tag: string, commit: string, args: object = {}): Promise<string[]> {
  const { result } = await act(annotatedTag, { repository, tag, commit, ...args });
  return [result.verdict, result.seen];
}

test("an annotated tag at the planned commit passes; others fail, each in its own words", async () => {
  const repository = new TestRepository();
  const first = repository.commit("First");
  repository.tag("v1");
  repository.git("tag", "light");
  const second = repository.commit("Second");
  const short = (commit: string): string => commit.slice(0, 7);
  expect(await verdict(repository.path, "v1", first)).toEqual([
    "pass",
    `v1 is annotated and points at ${short(first)}`,
  ]);
  expect(await verdict(repository.path, "v2", first)).toEqual(["fail", "v2 is no tag"]);
  expect(await verdict(repository.path, "light", first)).toEqual([
    "fail",
    "light is not annotated: git tag --annotate says who released it, and when",
  ]);
  expect(await verdict(repository.path, "v1", second)).toEqual([
    "fail",
    `v1 points at ${short(first)} now, ${short(second)} was planned`,
  ]);
});

test("without a repository nothing can be said", async () => {
  const [answer, seen] = await verdict(temporaryFolder(), "v1", "a".repeat(40));
  expect([answer, seen?.includes("not a git repository")]).toEqual(["unknown", true]);
});

testWith(
  "ssh-keygen",
  "where a signature is wanted, one that is good passes, none fails, and so does another tag's",
  async () => {
    const repository = new TestRepository();
    const commit = repository.commit("First");
    const key = sshKey();
    repository.tag("v1");
    signBySsh(repository, "v2", key);
    repository.git("update-ref", "refs/tags/v3", "refs/tags/v2");
    const signed = { signed: true, allowedSigners: allowedSigners(key) };
    const judge = (tag: string, args: object): Promise<string[]> => verdict(repository.path, tag, commit, args);
    const points = `v2 is annotated and points at ${commit.slice(0, 7)}`;
    expect(await judge("v2", signed)).toEqual(["pass", `${points}; v2 is signed (SSH)`]);
    expect(await judge("v2", {})).toEqual(["pass", points]);
    expect(await judge("v1", signed)).toEqual(["fail", "v1 is not signed: git tag --sign says who it is from"]);
    expect(await judge("v3", {})).toEqual(["pass", points.replace("v2", "v3")]);
    expect(await judge("v3", signed)).toEqual(["fail", "v3 was signed as v2"]);
  },
);

test("signers without a signature that is asked for are refused", () => {
  const args = { repository: ".", tag: "v1", commit: "a".repeat(40), allowedSigners: "allowed" };
  expect(() => call(annotatedTag, args)).toThrow("✖ names who may sign, but asks for no signature: add signed: true");
});
