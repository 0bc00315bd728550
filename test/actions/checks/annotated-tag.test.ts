/** The check of a release's tag, in real repositories. */
import { expect, test } from "vitest";
import { annotatedTag } from "../../../actions/checks/annotated-tag.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";

async function verdict(repository: string, tag: string, commit: string): Promise<string[]> {
  const { result } = await act(annotatedTag, { repository, tag, commit });
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
