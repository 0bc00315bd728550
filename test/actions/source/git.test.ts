/** Releases as a git repository tells them, from real repositories. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkRepository, readRelease, relate } from "../../../actions/source/git.ts";
import { digestOf } from "../../../release/migrations.ts";
import { temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";

const up = (text: string): string => `-- change: expand\n-- way back: compatible\n${text}`;
const named = (repository: TestRepository) => ({ path: repository.path, migrations: "db/migrations" });

test("a release is a tag's commit with its migrations, not what lies in the work tree", async () => {
  const repository = new TestRepository();
  const first = repository.commit("First", { "db/migrations/0001_a.up.sql": up("A"), "db/other.sql": "x" });
  repository.tag("v1");
  const second = repository.commit("Second", { "db/migrations/0002_b.up.sql": up("é") });
  repository.git("tag", "light");
  repository.write({ "db/migrations/0003_c.up.sql": up("C") });
  const a = { revision: "0001", name: "a", change: "expand", wayBack: "compatible", digest: digestOf(up("A"), "") };
  const b = { ...a, revision: "0002", name: "b", digest: digestOf(up("é"), "") };
  expect(await readRelease(named(repository), "v1")).toEqual({ release: "v1", commit: first, migrations: [a] });
  expect(await readRelease(named(repository), "light")).toEqual({
    ...{ release: "light", commit: second, migrations: [a, b] },
  });
});

test("a release without a folder of migrations has none", async () => {
  const repository = new TestRepository();
  const commit = repository.commit("First");
  repository.tag("v1");
  expect(await readRelease(named(repository), "v1")).toEqual({ release: "v1", commit, migrations: [] });
});

test("a script that is not UTF-8 does not disturb those after it", async () => {
  const repository = new TestRepository();
  const latin = Buffer.from(up("caf\xe9 \xe9\xe9"), "latin1");
  repository.commit("First", { "db/migrations/0001_a.up.sql": latin, "db/migrations/0002_b.up.sql": up("B") });
  repository.tag("v1");
  const { migrations } = await readRelease(named(repository), "v1");
  expect(migrations.map(({ digest }) => digest)).toEqual([digestOf(latin.toString("utf8"), ""), digestOf(up("B"), "")]);
});

test("a tag that is not there is refused with the newest that are", async () => {
  const repository = new TestRepository();
  const tags = ["v1", "v2", "v3", "v4", "v5", "v6"];
  repository.commit("First");
  for (const [index, tag] of tags.entries()) {
    const when = `2026-01-0${index + 1}T00:00:00Z`;
    execFileSync("git", ["-C", repository.path, "-c", "user.name=K", "-c", "user.email=k@k", "tag", "-am", tag, tag], {
      env: { ...process.env, GIT_COMMITTER_DATE: when },
    });
  }
  const where = `switchback:release: "v9" is no tag of ${repository.path}.`;
  await expect(readRelease(named(repository), "v9")).rejects.toThrow(`${where} Its newest tags: v6, v5, v4, v3, v2`);
  for (const name of ["main", "HEAD", "--all", "v1^{tree}", ""])
    await expect(readRelease(named(repository), name)).rejects.toThrow(
      `switchback:release: ${JSON.stringify(name)} is no tag of`,
    );
});

test("where there are no tags at all one is told how to make one", async () => {
  const repository = new TestRepository();
  repository.commit("First");
  await expect(readRelease(named(repository), "v1")).rejects.toThrow(
    `switchback:release: "v1" is no tag of ${repository.path}. It has no tags: git tag --annotate makes one.`,
  );
});

test("all that is wrong with a release's migrations is told at once", async () => {
  const repository = new TestRepository();
  repository.commit("First", { "db/migrations/README.md": "x", "db/migrations/0001_a.up.sql": "A" });
  repository.tag("v1");
  await expect(readRelease(named(repository), "v1")).rejects.toThrow(
    [
      "v1: its migrations cannot be planned",
      "  db/migrations/0001_a.up.sql: does not say `-- change: expand` or `-- change: contract`",
      "  db/migrations/0001_a.up.sql: does not say `-- way back: compatible|reversible|restore|none`",
      "  db/migrations/README.md: is not named like 0002_what_it_does.up.sql",
    ].join("\n"),
  );
});

test("a clean repository is fine, also with files that git does not know, and a bare one", async () => {
  const repository = new TestRepository();
  repository.commit("First", { "a.txt": "a" });
  repository.write({ "new.txt": "new" });
  await checkRepository(named(repository));
  const bare = join(temporaryFolder(), "bare.git");
  execFileSync("git", ["clone", "--quiet", "--bare", repository.path, bare]);
  await checkRepository({ path: bare, migrations: "db" });
});

test("changes that no release would hold are refused, committed to be or not", async () => {
  const repository = new TestRepository();
  repository.commit("First", { "a.txt": "a" });
  const refusal = `source.repository: ${repository.path} has uncommitted changes, which no release would hold. Commit them, or put them away with: git stash`;
  repository.write({ "a.txt": "changed" });
  await expect(checkRepository(named(repository))).rejects.toThrow(refusal);
  repository.git("add", "--all");
  await expect(checkRepository(named(repository))).rejects.toThrow(refusal);
});

test("no folder, a folder that is none of git's, and a file are refused", async () => {
  const folder = temporaryFolder();
  const where = (path: string): string => `source.repository: ${path}`;
  const check = (path: string) => expect(checkRepository({ path, migrations: "db" })).rejects;
  const none = join(folder, "none");
  await check(none).toThrow(`${where(none)} does not exist. Clone the application's repository there.`);
  mkdirSync(join(folder, "empty"));
  const empty = join(folder, "empty");
  await check(empty).toThrow(`${where(empty)} is no git repository. Clone the application's repository there.`);
  writeFileSync(join(folder, "file"), "");
  const file = join(folder, "file");
  await check(file).toThrow(`${where(file)} is no git repository. Clone the application's repository there.`);
});

test("how two releases lie to each other, and the commits between them, newest first", async () => {
  const repository = new TestRepository();
  const source = (release: string, commit: string) => ({ release, commit, migrations: [] });
  const subject = (commit: string): string => repository.git("log", "-1", "--format=%h %s", commit);
  const v1 = source("v1", repository.commit("First"));
  const v2 = source("v2", repository.commit("Add: a column"));
  const v3 = source("v3", repository.commit("Use it"));
  repository.git("checkout", "--quiet", "-b", "side", v1.commit);
  const side = source("side", repository.commit("Aside"));
  const at = named(repository);
  expect(await relate(at, v1, undefined)).toEqual({ relation: "first", commits: [] });
  expect(await relate(at, source("again", v1.commit), v1)).toEqual({ relation: "same", commits: [] });
  expect(await relate(at, v3, v1)).toEqual({ relation: "newer", commits: [subject(v3.commit), subject(v2.commit)] });
  expect(await relate(at, v2, v3)).toEqual({ relation: "older", commits: [`without ${subject(v3.commit)}`] });
  expect(await relate(at, side, v3)).toEqual({ relation: "apart", commits: [] });
});
