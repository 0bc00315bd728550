/** Tags, branches and commits whose names were made to do harm: they are names, and nothing that they say is done. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { pack } from "../../../actions/artifact/archive.ts";
import { build } from "../../../actions/artifact/build.ts";
import { annotatedTag } from "../../../actions/checks/annotated-tag.ts";
import { prepareOnServers } from "../../../actions/platforms/servers/prepare.ts";
import { readRelease } from "../../../actions/source/git.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";

const named = ({ path }: TestRepository) => ({ path, migrations: "migrations" });

test.each([
  ...["--upload-pack=touch x", "-x", "$(touch x)", "`touch x`", "v1; touch x", "v1\ntouch x", "v1 v1", "v1'", 'v1"'],
  ...[
    "v1^{commit}",
    "v1~0",
    "v1:file",
    "refs/tags/v1",
    "../tags/v1",
    "v1\0",
    "ｖ1",
    "v\u0456",
    "v1\u202e",
    "@{-1}",
    "*",
  ],
])("%j is no tag, and nothing else", async (tag) => {
  const repository = new TestRepository();
  repository.commit("First", { file: "x" });
  repository.tag("v1");
  const before = readdirSync(repository.path);
  await expect(readRelease(named(repository), tag)).rejects.toThrow(
    `switchback:release: ${JSON.stringify(tag)} is no tag of ${repository.path}. Its newest tags: v1`,
  );
  expect(readdirSync(repository.path)).toEqual(before);
});

test.each([
  "v1$(touch${IFS}x)",
  "v1;touch${IFS}x",
  "v1'\"",
  "v1&&x",
  "v1|x",
  "v1<x>",
  "версия",
  "v1%s",
  "v1`x`",
  "v1$HOME",
])(
  "a tag may be called %s, and is only a name everywhere",
  async (tag) => {
    const repository = new TestRepository();
    const commit = repository.commit("First", { file: "x" });
    repository.tag(tag);
    expect(await readRelease(named(repository), tag)).toEqual({ release: tag, commit, migrations: [] });
    const checked = await act(annotatedTag, { repository: repository.path, tag, commit });
    expect(checked.result).toMatchObject({ verdict: "pass" });
    const { store, result } = await act(build, { repository: repository.path, commit, commands: [] });
    const directory = join(temporaryFolder(), "web-1");
    const host = { name: "web-1", directory, address: "http://127.0.0.1:1", variables: {} };
    const args = { hosts: [host], variables: {}, paths: {}, secrets: {}, install: [process.execPath, "-e", ""] };
    const prepared = await act(prepareOnServers, args, { store, release: tag, needs: { ARTIFACT: result } });
    expect(readdirSync(join(directory, "releases"))).toEqual([prepared.result.folder]);
    const settings = readFileSync(join(directory, "releases", prepared.result.folder, ".env"), "utf8");
    expect(parseEnv(settings).RELEASE).toBe(tag);
    expect([existsSync("x"), existsSync(join(repository.path, "x"))]).toEqual([false, false]);
  },
  15_000,
);

test("a branch that is called like a tag is not taken for it", async () => {
  const repository = new TestRepository();
  const tagged = repository.commit("Tagged");
  repository.tag("v1");
  repository.commit("Later");
  repository.git("branch", "v1");
  repository.git("branch", "v2");
  expect((await readRelease(named(repository), "v1")).commit).toBe(tagged);
  await expect(readRelease(named(repository), "v2")).rejects.toThrow('"v2" is no tag of');
});

test("a hook of another repository does not lead elsewhere", async () => {
  const [repository, other] = [new TestRepository(), new TestRepository()];
  const commit = repository.commit("First", { file: "mine" });
  repository.tag("v1");
  other.commit("Other", { file: "other" });
  other.tag("v1");
  process.env.GIT_DIR = join(other.path, ".git");
  process.env.GIT_INDEX_FILE = join(other.path, ".git", "index");
  onTestFinished(() => {
    delete process.env.GIT_DIR;
    delete process.env.GIT_INDEX_FILE;
  });
  expect((await readRelease(named(repository), "v1")).commit).toBe(commit);
});

test("a file may be called like an option", async () => {
  const [store, folder] = [temporaryFolder(), temporaryFolder()];
  const repository = new TestRepository();
  const commit = repository.commit("First", { "--checkpoint=1": "x", "-x": "y", "a\nb": "z" });
  const { result } = await act(build, { repository: repository.path, commit, commands: [] }, { store });
  expect(result.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await pack(store, folder)).not.toBe(result.digest);
});
