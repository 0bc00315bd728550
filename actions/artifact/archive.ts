import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { inStore } from "../../release/store.ts";
import { Refusal } from "../action.ts";
import { reason } from "../check.ts";
import { atPath } from "../files.ts";

/** A built release as it lies in the store. */
export interface Artifact {
  /** sha256 over names, modes and contents of its files: the same however it was packed. */
  readonly digest: string;
  readonly commit: string;
}

/** Packs a folder into the store, whole or not at all, and returns the digest of its contents. */
export async function pack(store: string, folder: string): Promise<string> {
  const { create } = await import("tar");
  const digest = contentDigest(folder);
  const file = inStore.artifact(store, digest);
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await create({ gzip: true, portable: true, cwd: folder, file: temporary }, ["."]);
    renameSync(temporary, file);
  } catch (error) {
    // A full disk stays full otherwise.
    rmSync(temporary, { force: true });
    throw atPath(error, file);
  }
  return digest;
}

/** Unpacks an artifact into an empty folder. Errors: the store has none, or other contents than its digest says. */
export async function unpack(store: string, { digest }: Artifact, folder: string): Promise<void> {
  const { extract } = await import("tar");
  const file = inStore.artifact(store, digest);
  if (!existsSync(file)) throw new Refusal(`${file}: is not in the store. Build it again: switchback up`);
  try {
    // Refuses absolute paths, `..` and files behind links; strict: a broken archive is an error, not a warning.
    await extract({ file, cwd: folder, strict: true });
  } catch (error) {
    throw new Refusal(`${file}: cannot be unpacked: ${reason(atPath(error, folder))}`);
  }
  const got = contentDigest(folder);
  if (got !== digest)
    throw new Refusal(`${file}: its contents have the digest ${got}, not the one it was stored under`);
}

/** sha256 over a folder: every file's and link's path, mode and content, in the order of their paths. */
export function contentDigest(folder: string): string {
  const hash = createHash("sha256");
  for (const path of filesUnder(folder)) {
    const stat = lstatSync(path);
    const content = stat.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    const kind = stat.isSymbolicLink() ? "link" : stat.mode & 0o111 ? "executable" : "file";
    hash.update(`${relative(folder, path)}\0${kind}\0${createHash("sha256").update(content).digest("hex")}\n`);
  }
  return hash.digest("hex");
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
