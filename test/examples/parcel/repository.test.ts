/** The sample's git history: real commits that differ, the same on every machine, and every release type-checks. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { extract } from "tar";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brokenReleases } from "../../../examples/parcel/broken-releases.ts";
import { git } from "../../../examples/parcel/git.ts";
import { history } from "../../../examples/parcel/history.ts";
import { filesOf, filesUnder, folderOf } from "../../../examples/parcel/import-stream.ts";
import { makeRepository } from "../../../examples/parcel/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "parcel-repository-"));
const repository = join(folder, "repository");
const projectRoot = join(import.meta.dirname, "..", "..", "..");

beforeAll(() => makeRepository(repository));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function references(directory: string): Promise<string> {
  return git(directory, ["for-each-ref", "--format=%(refname:short) %(objecttype) %(objectname)"]);
}

test("the releases are annotated tags, and the broken ones are off the main branch", async () => {
  const lines = (await references(repository)).split("\n").map((line) => line.split(" ").slice(0, 2).join(" "));
  lines.sort();
  const broken = brokenReleases.map(({ tag }) => tag);
  expect(broken).toHaveLength(29);
  expect(lines).toEqual(
    [
      ...["addressee commit", "carrier-rates commit", "main commit"],
      ...["v1.0.0 tag", "v1.1.0 tag", "v1.2.0 tag", "v1.3.0-broken tag", "v1.4.0-broken tag"],
      ...broken.flatMap((tag) => [`try/${tag} commit`, `${tag} tag`]),
    ].sort(),
  );
  const onMain = (await git(repository, ["tag", "--merged", "main"])).split("\n");
  expect(onMain).toEqual(["v1.0.0", "v1.1.0", "v1.2.0"]);
});

test.each(history.filter(({ parent }) => parent))(
  "$tag follows $parent with real commits",
  async ({ tag, parent, commits }) => {
    const log = await git(repository, [
      "log",
      "--reverse",
      "--format=%an: %s",
      "--shortstat",
      `${parent ?? ""}..${tag}`,
    ]);
    expect(log.split("\n").filter((line) => line.includes(": "))).toEqual(
      commits.map(({ author, message }) => `${author.name}: ${message}`),
    );
    expect(log.match(/files? changed/g)).toHaveLength(commits.length);
  },
);

test.each(history)("every file of $tag belongs to exactly one of its commits", (release) => {
  const committed = release.commits.flatMap((commit) => filesOf(release, commit));
  expect(committed.sort()).toEqual(filesUnder(folderOf(release), "").sort());
});

test("the ids are the same wherever the repository is made, whatever git is configured to do", async () => {
  const config = join(folder, "gitconfig");
  writeFileSync(
    config,
    "[commit]\n gpgsign = true\n[user]\n name = Somebody\n[core]\n autocrlf = true\n[init]\n defaultBranch = trunk\n",
  );
  process.env.GIT_CONFIG_GLOBAL = config;
  process.env.GIT_DIR = folder;
  try {
    const other = join(folder, "other");
    await makeRepository(other);
    expect(await references(other)).toBe(await references(repository));
    expect(await git(other, ["status", "--porcelain"])).toBe("");
  } finally {
    delete process.env.GIT_CONFIG_GLOBAL;
    delete process.env.GIT_DIR;
  }
});

test("a second call changes nothing, and leaves what people added", async () => {
  const own = join(folder, "own");
  await makeRepository(own);
  writeFileSync(join(own, "note.txt"), "mine");
  await git(own, ["add", "note.txt"]);
  await git(own, ["-c", "user.name=Me", "-c", "user.email=me@example.test", "commit", "--quiet", "-m", "Mine"]);
  const before = await references(own);
  await makeRepository(own);
  expect(await references(own)).toBe(before);
});

test("a tag that was moved is put back", async () => {
  const moved = join(folder, "moved");
  await makeRepository(moved);
  await git(moved, ["tag", "--force", "v1.1.0", "v1.0.0"]);
  await makeRepository(moved);
  expect(await references(moved)).toBe(await references(repository));
});

test("a tag that was moved is not put back over somebody's own work", async () => {
  const own = join(folder, "own-and-moved");
  await makeRepository(own);
  await git(own, ["tag", "--force", "v1.1.0", "v1.0.0"]);
  writeFileSync(join(own, "note.txt"), "mine");
  await expect(makeRepository(own)).rejects.toThrow(
    `${own}: the sample has changed, but this repository holds work of your own. Move it elsewhere.`,
  );
});

test("another repository is refused", async () => {
  const foreign = join(folder, "foreign");
  mkdirSync(foreign);
  await git(foreign, ["init", "--quiet"]);
  await expect(makeRepository(foreign)).rejects.toThrow(
    `${foreign}: holds another repository. Choose another directory, or remove it.`,
  );
});

test("every release passes the type check of this project", async () => {
  const sources = join(folder, "sources");
  // Of a small change the changed files are enough, seen in the midst of what they change.
  const checked = history.map((release) => ({
    tag: release.tag,
    files: brokenReleases.includes(release) ? ["package.json", ...release.commits.flatMap(({ writes }) => writes)] : [],
  }));
  for (const { tag, files } of checked) {
    const cwd = join(sources, tag);
    mkdirSync(cwd, { recursive: true });
    await git(repository, ["archive", "--format=tar", `--output=${cwd}.tar`, tag, ...files]);
    await extract({ file: `${cwd}.tar`, cwd });
  }
  const config = {
    extends: join(projectRoot, "tsconfig.json"),
    compilerOptions: {
      typeRoots: [join(projectRoot, "node_modules", "@types")],
      rootDirs: ["v1.0.0", ...brokenReleases.map(({ tag }) => tag)],
    },
    include: ["*/**/*.ts"],
    exclude: [],
  };
  writeFileSync(join(sources, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  const { stdout } = await execa(process.execPath, [tsc, "--noEmit", "--listFiles", "-p", sources], { reject: false });
  const lines = stdout.split("\n");
  expect(lines.filter((line) => !line.startsWith("/"))).toEqual([]);
  for (const { tag, files } of checked) {
    const expected = files.length === 0 ? ["bin/parcel.ts"] : files.filter((file) => file.endsWith(".ts"));
    expect(lines).toEqual(expect.arrayContaining(expected.map((file) => join(sources, tag, file))));
  }
}, 30_000);
