import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { inStore } from "../../release/store.ts";
import { Refusal } from "../action.ts";
import { reason } from "../check.ts";
import { atPath, removeUnfinished } from "../files.ts";
import { artifactLimits, beyond, inspect, leadsOut, type Limits } from "./inspect.ts";

/** A built release as it lies in the store. */
export interface Artifact {
  /** sha256 over names, modes and contents of its files: the same however it was packed. */
  readonly digest: string;
  readonly commit: string;
}

/** Whether a text can be a digest: it becomes a file's name. */
export const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/**
 * Packs a folder into the store, whole or not at all, and returns the digest of its contents. Errors: it holds what could
 * not be unpacked elsewhere, see `inspect`.
 */
export async function pack(store: string, folder: string, limits: Limits = artifactLimits): Promise<string> {
  const { create } = await import("tar");
  refuseUnfit(folder, limits);
  const digest = contentDigest(folder);
  const file = inStore.artifact(store, digest);
  mkdirSync(dirname(file), { recursive: true });
  removeUnfinished(dirname(file), (name) => name.endsWith(".tmp"));
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

const again = "Remove it, and build it again: switchback up --again";

/**
 * Unpacks an artifact into an empty folder. Errors: the store has none, other contents than its digest says, or one that
 * `inspect` refuses; of that nothing is unpacked.
 */
export async function unpack(
  store: string,
  { digest }: Artifact,
  folder: string,
  limits: Limits = artifactLimits,
): Promise<void> {
  const { extract } = await import("tar");
  if (!isDigest(digest)) throw new Refusal(`artifact ${JSON.stringify(digest)}: is no digest`);
  const file = inStore.artifact(store, digest);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) throw new Refusal(`${file}: is not in the store. Build it again: switchback up --again`);
  if (!stat.isFile()) throw new Refusal(`${file}: is no file. ${again}`);
  try {
    await inspect(file, limits);
    // Strict: a broken archive is an error, not a warning. It refuses what leads out by itself, too.
    await extract({ file, cwd: folder, strict: true, maxDecompressionRatio: Infinity });
  } catch (error) {
    throw new Refusal(`${file}: cannot be unpacked: ${reason(atPath(error, folder))}. ${again}`);
  }
  const got = contentDigest(folder);
  if (got !== digest)
    throw new Refusal(`${file}: its contents have the digest ${got}, not the one it was stored under. ${again}`);
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

/** What cannot be unpacked again is refused where somebody builds, not where it should serve. */
function refuseUnfit(folder: string, limits: Limits): void {
  let bytes = 0;
  const paths = filesUnder(folder);
  for (const path of paths) {
    const stat = lstatSync(path);
    const wrong = unfit(path, relative(folder, path), stat);
    if (wrong !== undefined) throw new Refusal(`the build left ${JSON.stringify(relative(folder, path))}, ${wrong}`);
    bytes += stat.size;
  }
  const wrong = beyond(limits, paths.length, bytes);
  if (wrong !== undefined) throw new Refusal(`what was built cannot be an artifact: ${wrong}`);
}

function unfit(path: string, name: string, stat: Stats): string | undefined {
  if (stat.isFile()) return undefined;
  if (!stat.isSymbolicLink()) return "which is neither a file nor a link: remove it in the build";
  return leadsOut(name, readlinkSync(path))
    ? "a link that leads out of the release: it would point at something else on every host"
    : undefined;
}
