import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { history } from "./history.ts";
import type { Author, Commit, Release } from "./history.ts";

/** The whole history as `git fast-import` reads it. */
export function importStream(): Buffer {
  return Buffer.concat([...history.flatMap(releaseOf), Buffer.from("done\n")]);
}

/** The folder that holds the files a release brings. */
export function folderOf({ tag, parent }: Release): string {
  return parent === undefined ? join(import.meta.dirname, "app") : join(import.meta.dirname, "releases", tag);
}

/** The files of a commit, as paths relative to the release's folder. */
export function filesOf(release: Release, commit: Commit): string[] {
  const folder = folderOf(release);
  return commit.writes.flatMap((path) => (path.endsWith("/") ? filesUnder(folder, path.slice(0, -1)) : [path])).sort();
}

export function filesUnder(folder: string, path: string): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const inside = path === "" ? entry.name : `${path}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(folder, inside) : [inside];
  });
}

function releaseOf(release: Release): Buffer[] {
  const { tag, parent, branch, message, commits } = release;
  const last = commits.at(-1);
  if (!last) throw new Error(`${tag}: has no commits`);
  const start = `reset refs/heads/${branch}\n${parent === undefined ? "" : `from :${markOf(parent)}\n`}\n`;
  return [
    Buffer.from(start),
    ...commits.flatMap((commit) => commitOf(release, commit, commit === last ? `mark :${markOf(tag)}\n` : "")),
    Buffer.from(`tag ${tag}\nfrom :${markOf(tag)}\ntagger ${person(last.author, last.date)}\n`),
    data(Buffer.from(`${tag}: ${message}\n`)),
  ];
}

/** The number by which the stream refers to the last commit of a release. */
function markOf(tag: string): number {
  return history.findIndex((release) => release.tag === tag) + 1;
}

function commitOf(release: Release, commit: Commit, mark: string): Buffer[] {
  const who = person(commit.author, commit.date);
  return [
    Buffer.from(`commit refs/heads/${release.branch}\n${mark}author ${who}\ncommitter ${who}\n`),
    data(Buffer.from(`${commit.message}\n`)),
    ...(commit.removes ?? []).map((file) => Buffer.from(`D ${file}\n`)),
    ...filesOf(release, commit).flatMap((file) => [
      Buffer.from(`M 100644 inline ${file}\n`),
      data(readFileSync(join(folderOf(release), file))),
    ]),
    Buffer.from("\n"),
  ];
}

function person({ name, email }: Author, date: string): string {
  return `${name} <${email}> ${Date.parse(date) / 1000} +0000`;
}

/** The length goes first, so that any content passes. */
function data(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from("\n")]);
}
