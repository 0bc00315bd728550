/** Reading a repository runs nothing of it, and reads what the ids say. */
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { build } from "../../../actions/artifact/build.ts";
import { annotatedTag } from "../../../actions/checks/annotated-tag.ts";
import { unpack } from "../../../actions/artifact/archive.ts";
import { checkRepository, readRelease, relate } from "../../../actions/source/git.ts";
import { readFileSync } from "node:fs";
import { act, temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";

const named = ({ path }: TestRepository) => ({ path, migrations: "db" });

/** A repository with two releases, whose own settings start a program wherever git can be made to. */
function makeHostile(): { repository: TestRepository; ran: string } {
  const repository = new TestRepository();
  repository.commit("First", { "a.txt": "first" });
  repository.tag("v1");
  repository.commit("Second", { "a.txt": "second" });
  repository.tag("v2");
  const ran = join(temporaryFolder(), "ran");
  const program = join(repository.path, ".git", "program");
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> ${ran}\nexit 1\n`);
  chmodSync(program, 0o755);
  for (const hook of ["post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"]) {
    writeFileSync(join(repository.path, ".git", "hooks", hook), `#!/bin/sh\necho ${hook} >> ${ran}\n`);
    chmodSync(join(repository.path, ".git", "hooks", hook), 0o755);
  }
  repository.git("config", "core.fsmonitor", program);
  repository.git("config", "gpg.program", program);
  repository.git("config", "log.showSignature", "true");
  repository.git("config", "core.pager", program);
  repository.git("config", "diff.external", program);
  return { repository, ran };
}

test("its hooks, its monitor and its other programs are not run", async () => {
  const { repository, ran } = makeHostile();
  await checkRepository(named(repository));
  const [v1, v2] = [await readRelease(named(repository), "v1"), await readRelease(named(repository), "v2")];
  expect((await relate(named(repository), v2, v1)).commits).toHaveLength(1);
  const tag = { repository: repository.path, tag: "v2", commit: v2.commit };
  expect((await act(annotatedTag, tag)).result.verdict).toBe("pass");
  await act(build, { repository: repository.path, commit: v2.commit, commands: [] });
  expect(existsSync(ran)).toBe(false);
});

test("a commit that was replaced by another is built as its id says", async () => {
  const repository = new TestRepository();
  const reviewed = repository.commit("Reviewed", { "a.txt": "reviewed" });
  const other = repository.commit("Other", { "a.txt": "other" });
  repository.git("replace", reviewed, other);
  expect(repository.git("show", `${reviewed}:a.txt`)).toBe("other");
  const { result, store } = await act(build, { repository: repository.path, commit: reviewed, commands: [] });
  const folder = temporaryFolder();
  await unpack(store, result, folder);
  expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("reviewed");
});

test("a hook that runs this does not lead it to its own repository", async () => {
  const [repository, hooked] = [new TestRepository(), new TestRepository()];
  const commit = repository.commit("First");
  repository.tag("v1");
  hooked.commit("Other");
  hooked.tag("v1");
  process.env.GIT_DIR = join(hooked.path, ".git");
  onTestFinished(() => {
    delete process.env.GIT_DIR;
  });
  expect((await readRelease(named(repository), "v1")).commit).toBe(commit);
});

test.each([
  ["Harmless\u001b[2K\u001b[1A\u202e", "Harmless\ufffd"],
  ["\u001b]0;owned\u0007\u001b[31mred\u202e", "red\ufffd"],
])("what a commit says cannot move the reviewer's cursor: %j", async (subject, shown) => {
  const repository = new TestRepository();
  const first = { release: "v1", commit: repository.commit("First"), migrations: [] };
  const last = { release: "v2", commit: repository.commit(subject), migrations: [] };
  const { commits } = await relate(named(repository), last, first);
  expect(commits).toEqual([`${last.commit.slice(0, 7)} ${shown}`]);
});

test.skipIf(process.getuid?.() !== 0)(
  "a repository of another user is not trusted unless one says so (needs root)",
  async () => {
    const repository = new TestRepository();
    repository.commit("First");
    const { chownSync } = await import("node:fs");
    chownSync(repository.path, 12345, 12345);
    chownSync(join(repository.path, ".git"), 12345, 12345);
    await expect(checkRepository(named(repository))).rejects.toThrow(
      `source.repository: ${repository.path} belongs to another user. Do you trust them? Then: git config --global --add safe.directory ${repository.path}`,
    );
  },
);
