import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readMigrations } from "../../release/migrations.ts";
import type { Relation, Source } from "../../release/plan.ts";
import { Refusal } from "../action.ts";
import { reason } from "../check.ts";
import { inheritedAnd } from "../inherited.ts";
import { plain } from "../plain.ts";
import { gitCommand } from "./git-command.ts";

/** A git repository whose tags are releases. */
export interface Repository {
  readonly path: string;
  /** Folder of the migrations in it. */
  readonly migrations: string;
}

const mostCommits = 30;

/** What no tag's name holds, and what git would take for a way from a tag to another commit: `v1~2`. */
const revision = /[\s\p{Cc}~^:?*[\\]|\.\.|@\{/u;

/** Errors: there is no repository, or its work tree has changes that no release would hold. */
export async function checkRepository({ path }: Repository): Promise<void> {
  const where = `source.repository: ${path}`;
  if (!existsSync(path)) throw new Refusal(`${where} does not exist. Clone the application's repository there.`);
  const bare = await git(path, ["rev-parse", "--is-bare-repository"]).catch((error: unknown) => {
    const trust = /git config --global --add safe\.directory \S+/.exec(reason(error))?.[0];
    if (trust !== undefined) throw new Refusal(`${where} belongs to another user. Do you trust them? Then: ${trust}`);
    return undefined;
  });
  if (bare === undefined) throw new Refusal(`${where} is no git repository. Clone the application's repository there.`);
  const changes = bare.trim() === "true" ? "" : await git(path, ["status", "--porcelain", "--untracked-files=no"]);
  if (changes === "") return;
  throw new Refusal(
    `${where} has uncommitted changes, which no release would hold. Commit them, or put them away with: git stash`,
  );
}

/** The release behind a tag. Errors: no such tag, or migrations that do not say how they go back. */
export async function readRelease(repository: Repository, tag: string): Promise<Source> {
  const argv = ["rev-parse", "--verify", "--quiet", "--end-of-options", `refs/tags/${tag}^{commit}`];
  const commit = revision.test(tag) ? "" : (await git(repository.path, argv).catch(() => "")).trim();
  if (commit === "") {
    const hint = await newestTags(repository);
    throw new Refusal(`switchback:release: ${JSON.stringify(tag)} is no tag of ${repository.path}. ${hint}`);
  }
  const { migrations, wrong } = readMigrations(await migrationFiles(repository, commit));
  if (wrong.length === 0) return { release: tag, commit, migrations };
  throw new Refusal(`${tag}: its migrations cannot be planned\n${wrong.map((line) => `  ${line}`).join("\n")}`);
}

/** How `candidate` lies to `serving` by their histories, and the commits between them, newest first. */
export async function relate(
  { path }: Repository,
  candidate: Source,
  serving: Source | undefined,
): Promise<{ relation: Relation; commits: string[] }> {
  if (!serving) return { relation: "first", commits: [] };
  if (candidate.commit === serving.commit) return { relation: "same", commits: [] };
  const between = async (from: Source, to: Source): Promise<string[]> =>
    lines(
      await git(path, ["log", "--format=%h %s", `--max-count=${mostCommits}`, `${from.commit}..${to.commit}`, "--"]),
    ).map(plain);
  const [gained, lost] = await Promise.all([between(serving, candidate), between(candidate, serving)]);
  if (lost.length === 0) return { relation: "newer", commits: gained };
  if (gained.length === 0) return { relation: "older", commits: lost.map((commit) => `without ${commit}`) };
  return { relation: "apart", commits: [] };
}

/** Path to text of every migration file of a commit. */
async function migrationFiles({ path, migrations }: Repository, commit: string): Promise<Map<string, string>> {
  const argv = ["ls-tree", "-r", "--format=%(objectname) %(path)", commit, "--", `${migrations}/`];
  const blobs = lines(await git(path, argv)).map((line) => line.split(/ (.*)/s) as [string, string]);
  if (blobs.length === 0) return new Map();
  const output = await gitBytes(path, ["cat-file", "--batch"], blobs.map(([id]) => `${id}\n`).join(""));
  // Each blob: "<id> blob <size>\n", its bytes, "\n".
  const texts = new Map<string, string>();
  let at = 0;
  for (const [, file] of blobs) {
    const start = output.indexOf("\n", at) + 1;
    const size = Number(output.subarray(at, start).toString("utf8").split(" ")[2]);
    texts.set(file, output.subarray(start, start + size).toString("utf8"));
    at = start + size + 1;
  }
  return texts;
}

async function newestTags({ path }: Repository): Promise<string> {
  const tags = lines(await git(path, ["tag", "--list", "--sort=-creatordate"]))
    .slice(0, 5)
    .map(plain);
  return tags.length === 0 ? "It has no tags: git tag --annotate makes one." : `Its newest tags: ${tags.join(", ")}`;
}

const git = async (repository: string, argv: readonly string[]): Promise<string> =>
  (await gitBytes(repository, argv)).toString("utf8");

/** Not execa: this runs in every preview, and loading that takes longer than all that git does here. */
function gitBytes(repository: string, argv: readonly string[], input = ""): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const [program, ...words] = gitCommand(repository, ...argv);
    const child = execFile(
      program,
      words,
      { maxBuffer: 64 * 1024 * 1024, encoding: "buffer", env: inheritedAnd(...needs()) },
      (error, stdout) => {
        if (error) reject(new Error(error.message));
        else resolve(stdout);
      },
    );
    // Most of them read nothing, and may be gone before anything could be written.
    if (input !== "") child.stdin?.end(input);
  });
}

/** Where git's settings are, and what it is told by the environment instead. Nothing that leads it to another repository. */
const settings = ["XDG_CONFIG_HOME"];
const isSetting = /^GIT_(?:CONFIG|EXEC_PATH|SSH)/;

/** A partial clone fetches what it has left out: how the network is reached, and who asks for or keeps passwords. */
const fetching = [
  ...["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY", "WAYLAND_DISPLAY"],
  ...["XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"],
];

const needs = (): string[] => [
  ...settings,
  ...fetching,
  ...Object.keys(process.env).filter((name) => isSetting.test(name)),
];

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
