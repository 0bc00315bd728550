/** The check of a working copy, in real repositories. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanTree } from "../../../actions/checks/clean-tree.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";

async function verdict(directory: string, args: object = {}): Promise<string[]> {
  const { result } = await act(cleanTree, { directory, ...args });
  return [result.verdict, result.seen.replaceAll(directory, "TREE")];
}

test("a clean copy passes; changed, staged, renamed, removed and untracked files fail", async () => {
  const repository = new TestRepository();
  expect(await verdict(repository.path)).toEqual(["pass", "TREE is clean, on main"]);
  repository.commit("First", { ".gitignore": "*.log\n", "a b.txt": "a", "old.txt": "a long text", "gone.txt": "c" });
  repository.write({ "build.log": "ignored" });
  expect(await verdict(repository.path)).toEqual(["pass", "TREE is clean, on main"]);
  repository.write({ "a b.txt": "changed", "new/un tracked.txt": "", "staged.txt": "" });
  rmSync(join(repository.path, "gone.txt"));
  repository.git("add", "staged.txt");
  repository.git("mv", "old.txt", "renamed.txt");
  expect(await verdict(repository.path)).toEqual([
    "fail",
    "TREE has changes that are not committed: a b.txt, gone.txt, renamed.txt, staged.txt, new/un tracked.txt",
  ]);
  repository.write({ "\u001b[2J": "" });
  expect((await verdict(repository.path))[1]).toMatch(/staged\.txt, .*, and 1 more$/);
});

test("a merge that is not done fails", async () => {
  const repository = new TestRepository();
  repository.commit("First", { a: "1" });
  repository.git("checkout", "--quiet", "-b", "other");
  repository.commit("Other", { a: "2" });
  repository.git("checkout", "--quiet", "main");
  repository.commit("Main", { a: "3" });
  expect(() => repository.git("merge", "other")).toThrow();
  expect(await verdict(repository.path)).toEqual(["fail", "TREE has changes that are not committed: a"]);
});

test("another branch than the one that is wanted fails, and so does none", async () => {
  const repository = new TestRepository();
  repository.commit("First");
  expect(await verdict(repository.path, { branch: "main" })).toEqual(["pass", "TREE is clean, on main"]);
  repository.git("checkout", "--quiet", "-b", "try/this");
  expect(await verdict(repository.path, { branch: "main" })).toEqual(["fail", "TREE is on try/this, want main"]);
  repository.git("checkout", "--quiet", "--detach");
  expect(await verdict(repository.path, { branch: "main" })).toEqual(["fail", "TREE is on no branch, want main"]);
  expect(await verdict(repository.path, { upstream: true })).toEqual([
    ...["fail", "TREE is on no branch, which has an upstream"],
  ]);
});

test("what the upstream has by now is asked of it", async () => {
  const upstream = new TestRepository();
  upstream.commit("First");
  const copy = new TestRepository();
  copy.git("pull", "--quiet", upstream.path, "main");
  const wanted = { upstream: true };
  expect(await verdict(copy.path, wanted)).toEqual([
    ...["unknown", "main has no upstream: git branch --set-upstream-to=origin/main"],
  ]);
  copy.git("remote", "add", "origin", upstream.path);
  copy.git("fetch", "--quiet");
  copy.git("branch", "--quiet", "--set-upstream-to=origin/main");
  expect(await verdict(copy.path, wanted)).toEqual(["pass", "TREE is clean, on main, and holds what its upstream has"]);
  copy.commit("Ahead");
  expect((await verdict(copy.path, wanted))[0]).toBe("pass");
  const second = upstream.commit("Second");
  const lacks = `TREE lacks ${second.slice(0, 7)}, where origin has its main now: git pull`;
  expect(await verdict(copy.path, wanted)).toEqual(["fail", lacks]);
  copy.git("fetch", "--quiet");
  expect(await verdict(copy.path, wanted)).toEqual(["fail", lacks]);
  rmSync(upstream.path, { recursive: true });
  expect((await verdict(copy.path, wanted))[0]).toBe("unknown");
});

test("without a repository, or one that git can read, nothing can be said", async () => {
  const folder = temporaryFolder();
  const [answer, seen] = await verdict(folder);
  expect([answer, seen?.includes("not a git repository")]).toEqual(["unknown", true]);
  const repository = new TestRepository();
  writeFileSync(join(repository.path, ".git", "index"), "garbage");
  expect((await verdict(repository.path))[0]).toBe("unknown");
});
