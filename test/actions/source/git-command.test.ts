/** Reading a repository runs nothing of it, and reads what the ids say. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { build } from "../../../actions/artifact/build.ts";
import { annotatedTag } from "../../../actions/checks/annotated-tag.ts";
import { unpack } from "../../../actions/artifact/archive.ts";
import { checkRepository, readRelease, relate } from "../../../actions/source/git.ts";
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

/** Sets variables for the length of a test. */
function given(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const secrets = { PULUMI_CONFIG_PASSPHRASE: "a", PULUMI_ACCESS_TOKEN: "b", AWS_SECRET_ACCESS_KEY: "c" };

test("a partial clone fetches what it has left out in the way git is told to, and none of our secrets are seen", async () => {
  const origin = new TestRepository();
  const text = "-- change: expand\n-- way back: compatible\nA";
  const commit = origin.commit("First", { "db/0001_a.up.sql": text });
  origin.tag("v1");
  for (const setting of ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"])
    origin.git("config", setting, "true");
  const [clone, seen] = [join(temporaryFolder(), "clone"), join(temporaryFolder(), "seen")];
  origin.git("clone", "--quiet", "--bare", "--filter=blob:none", `file://${origin.path}`, clone);
  origin.git("-C", clone, "remote", "set-url", "origin", `host:${origin.path}`);
  const ssh = join(temporaryFolder(), "ssh");
  writeFileSync(ssh, `#!/bin/sh\nenv > ${seen}\nexec git upload-pack ${origin.path}\n`, { mode: 0o755 });
  given({
    ...secrets,
    GIT_SSH: ssh,
    GIT_SSH_VARIANT: "simple",
    SSH_AUTH_SOCK: "/run/agent",
    HTTPS_PROXY: "http://proxy",
  });
  const release = await readRelease({ path: clone, migrations: "db" }, "v1");
  expect(release).toMatchObject({ commit, migrations: [{ revision: "0001" }] });
  const variables = readFileSync(seen, "utf8");
  expect(variables).toMatch(/^SSH_AUTH_SOCK=\/run\/agent$/m);
  expect(variables).toMatch(/^HTTPS_PROXY=http:\/\/proxy$/m);
  expect(Object.keys(secrets).filter((name) => variables.includes(name))).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)(
  "which folders are trusted is told by git's settings, wherever they are, and by its variables (needs root)",
  async () => {
    const repository = new TestRepository();
    const commit = repository.commit("First");
    repository.tag("v1");
    const { chownSync } = await import("node:fs");
    for (const path of [repository.path, join(repository.path, ".git")]) chownSync(path, 12345, 12345);
    await expect(checkRepository(named(repository))).rejects.toThrow("belongs to another user");
    const settings = temporaryFolder();
    mkdirSync(join(settings, "git"));
    writeFileSync(join(settings, "git/config"), `[safe]\n\tdirectory = ${repository.path}\n`);
    given({ XDG_CONFIG_HOME: settings });
    expect((await readRelease(named(repository), "v1")).commit).toBe(commit);
    vi.unstubAllEnvs();
    given({ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: repository.path });
    expect((await readRelease(named(repository), "v1")).commit).toBe(commit);
  },
);

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
