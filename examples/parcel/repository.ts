import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { git } from "./git.ts";
import { importStream } from "./import-stream.ts";

/** What an earlier call made: the digest of its source, and what each branch and tag pointed to. */
interface Made {
  readonly source: string;
  readonly references: Readonly<Record<string, string>>;
}

/** Makes a git repository with a work tree from the sample application: real commits, annotated tags, and the same ids on
 * every machine. Called again it does nothing, unless the sources have changed since. */
export async function makeRepository(directory: string): Promise<void> {
  const stream = importStream();
  const source = createHash("sha256").update(stream).digest("hex");
  const made = readMade(directory);
  if (made) {
    const present = await references(directory);
    const intact = (name: string) => present[name] === made.references[name];
    const tags = Object.keys(made.references).filter((name) => name.startsWith("refs/tags/"));
    if (made.source === source && tags.every(intact)) return;
    await refuseOwnWork(directory, intact("refs/heads/main"));
  } else if (existsSync(join(directory, ".git"))) {
    throw new Error(`${directory}: holds another repository. Choose another directory, or remove it.`);
  }
  mkdirSync(directory, { recursive: true });
  await git(directory, ["init", "--quiet", "--initial-branch=main", "--object-format=sha1"]);
  await git(directory, ["config", "core.autocrlf", "false"]);
  await git(directory, ["fast-import", "--quiet", "--force", "--done"], stream);
  await git(directory, ["reset", "--quiet", "--hard", "main"]);
  const record: Made = { source, references: await references(directory) };
  writeFileSync(recordFile(directory), `${JSON.stringify(record, null, 2)}\n`);
}

function recordFile(directory: string): string {
  return join(directory, ".git", "parcel.json");
}

function readMade(directory: string): Made | undefined {
  const file = recordFile(directory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Made) : undefined;
}

/** People may try a release of their own in this repository; a newer sample must not throw their work away. */
async function refuseOwnWork(directory: string, mainIsOurs: boolean): Promise<void> {
  const changes = await git(directory, ["status", "--porcelain"]);
  if (mainIsOurs && changes === "") return;
  throw new Error(
    `${directory}: the sample has changed, but this repository holds work of your own. Move it elsewhere.`,
  );
}

async function references(directory: string): Promise<Record<string, string>> {
  const lines = await git(directory, ["for-each-ref", "--format=%(refname) %(objectname)"]);
  return Object.fromEntries(lines.split("\n").map((line) => line.split(" ") as [string, string]));
}
