/** Building a commit into the store, from real repositories: once, and the commit rather than the work tree. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { unpack } from "../../../actions/artifact/archive.ts";
import { build } from "../../../actions/artifact/build.ts";
import { call } from "../../../components/call.ts";
import { inStore } from "../../../release/store.ts";
import { act, temporaryFolder } from "../../support/context.ts";
import { TestRepository } from "../../support/repository.ts";
import { canMount, SmallDisk } from "../../support/small-disk.ts";

const node = process.execPath;
let cache: string;

beforeEach(() => {
  cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Writes a page, and notes that it did where it can be counted. */
const command = (notes: string): string[][] => [
  [node, "-e", `require('fs').appendFileSync(${JSON.stringify(notes)}, 'x')`],
  [node, "-e", "require('fs').writeFileSync('page.html', require('fs').readFileSync('page.txt'))"],
];

function makeRepository(): { repository: string; commit: string } {
  const repository = new TestRepository();
  const commit = repository.commit("First", { "page.txt": "committed", "lib/a.ts": "a" });
  repository.write({ "page.txt": "not committed", "new.txt": "new" });
  return { repository: repository.path, commit };
}

test("the commit is built into an artifact that says which one it is, and nothing is left behind", async () => {
  const notes = join(temporaryFolder(), "notes");
  const source = makeRepository();
  const { result, store, told } = await act(build, { ...source, commands: command(notes) });
  expect(result.commit).toBe(source.commit);
  expect(told).toEqual([`built ${source.commit.slice(0, 7)}: ${result.digest.slice(0, 12)}`]);
  const folder = temporaryFolder();
  await unpack(store, result, folder);
  expect(readdirSync(folder).sort()).toEqual(["REVISION", "lib", "page.html", "page.txt"]);
  expect(readFileSync(join(folder, "page.html"), "utf8")).toBe("committed");
  expect(readFileSync(join(folder, "REVISION"), "utf8")).toBe(`${source.commit}\n`);
});

test("what the store holds is not built again; another recipe, or a lost artifact, is", async () => {
  const notes = join(temporaryFolder(), "notes");
  const args = { ...makeRepository(), commands: command(notes) };
  const { result, store } = await act(build, args);
  const again = await act(build, args, { store });
  expect([again.result, again.told]).toEqual([result, [`${args.commit.slice(0, 7)} is in the store already`]]);
  expect(readFileSync(notes, "utf8")).toBe("x");
  await act(build, { ...args, commands: [...args.commands, [node, "-e", ""]] }, { store });
  expect(readFileSync(notes, "utf8")).toBe("xx");
  rmSync(inStore.artifact(store, result.digest));
  expect((await act(build, args, { store })).result).toEqual(result);
  expect(readFileSync(notes, "utf8")).toBe("xxx");
});

test("another machine builds the same artifact", async () => {
  const args = { ...makeRepository(), commands: [] };
  const [one, other] = [await act(build, args), await act(build, args)];
  expect(one.result).toEqual(other.result);
});

test("a command that fails fails the build, and the store has nothing of it", async () => {
  const store = temporaryFolder();
  const args = { ...makeRepository(), commands: [[node, "-e", "console.error('no such module'); process.exit(2)"]] };
  await expect(act(build, args, { store })).rejects.toThrow(
    `${node} -e console.error('no such module'); process.exit(2): failed (exit code 2)\n  no such module`,
  );
  expect(existsSync(join(store, "artifacts")) || existsSync(join(store, "builds"))).toBe(false);
});

/** What is being built for the store of these tests, by the step `step`, or by another one. */
const folderOf = (fencing: number, step = "step", store = "5709e1d0"): string =>
  join(cache, "switchback/builds", `${store}.${fencing}.${step}.part`);
const unfinished = (): string[] => readdirSync(join(cache, "switchback/builds")).sort();
const left = (...folders: string[]): void => {
  for (const folder of folders) mkdirSync(join(folder, "files"), { recursive: true });
};

test("it is built away from the project and its store, where nobody else may look", async () => {
  const notes = join(temporaryFolder(), "notes");
  const seen = `[process.cwd(), (require('fs').statSync('..').mode & 0o777).toString(8)].join(' ')`;
  const commands = [[node, "-e", `require('fs').writeFileSync(${JSON.stringify(notes)}, ${seen})`]];
  const args = { ...makeRepository(), commands };
  const before = process.umask(0);
  await act(build, args, { fencing: 7 }).finally(() => process.umask(before));
  const [folder = "", mode] = readFileSync(notes, "utf8").split(" ");
  expect([relative(folderOf(7), folder), mode, unfinished()]).toEqual(["files", "700", []]);
});

test("what a killed build has left goes with the next one of any rollout, also one that builds nothing", async () => {
  const store = temporaryFolder();
  const args = { ...makeRepository(), commands: [] };
  left(folderOf(3), folderOf(6, "other"), folderOf(7));
  await act(build, args, { store, fencing: 7 });
  expect(unfinished()).toEqual([]);
  left(folderOf(7));
  expect((await act(build, args, { store, fencing: 8 })).told).toEqual([
    `${args.commit.slice(0, 7)} is in the store already`,
  ]);
  expect(unfinished()).toEqual([]);
});

test("what a later rollout, another step of this one or another environment is building is left alone", async () => {
  const folders = [folderOf(7, "other"), folderOf(8), folderOf(1, "step", "0ther000")];
  left(...folders);
  await act(build, { ...makeRepository(), commands: [] }, { fencing: 7 });
  expect(unfinished().map((name) => join(dirname(folderOf(1)), name))).toEqual(folders.toSorted());
});

test("a cache in a working copy lends the release nothing of it", async () => {
  const around = new TestRepository();
  around.commit("The project's own");
  cache = join(around.path, "cache");
  vi.stubEnv("XDG_CACHE_HOME", cache);
  const args = { ...makeRepository(), commands: [["git", "rev-parse", "--show-toplevel"]] };
  await expect(act(build, args)).rejects.toThrow(/not a git repository/);
  expect(unfinished()).toEqual([]);
});

test.skipIf(!canMount).each([20, 300])(
  "a disk for builds with %d KB left is named as full, whatever program has met that (needs root, to mount a small disk)",
  async (kilobytes) => {
    const disk = new SmallDisk(join(cache, "switchback/builds"), 2048);
    onTestFinished(() => {
      disk.remove();
    });
    const repository = new TestRepository();
    const commit = repository.commit("First", { "noise.bin": Buffer.alloc(200_000, "noise") });
    disk.fill(kilobytes);
    await expect(act(build, { repository: repository.path, commit, commands: [] })).rejects.toThrow(
      `ENOSPC: no space left on device, write ${folderOf(1)}. Make room there, then run the same command again`,
    );
    expect(unfinished()).toEqual(["fill"]);
  },
);

test("a commit that the repository has not is refused by git's own words", async () => {
  const { repository } = makeRepository();
  await expect(act(build, { repository, commit: "0".repeat(40), commands: [] })).rejects.toThrow(
    /failed \(exit code 128\)\n {2}fatal: not a (valid object|tree object).*0{40}$/,
  );
});

test("a tag in the place of a commit, and an empty command, are refused", () => {
  expect(() => call(build, { repository: "r", commit: "v1", commands: [[]] })).toThrow(
    new TypeError(
      [
        "actions/artifact/build: its arguments are wrong",
        "✖ Invalid string: must match pattern /^[0-9a-f]{40}$/",
        "  → at commit",
        "✖ Too small: expected array to have >=1 items",
        "  → at commands[0]",
      ].join("\n"),
    ),
  );
});
