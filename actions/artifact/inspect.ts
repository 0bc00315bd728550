import { createReadStream } from "node:fs";
import { posix } from "node:path";
import type { ReadEntry } from "tar";

/** How much an artifact may hold: beyond it lies no application, but something that fills a disk. */
export interface Limits {
  readonly files: number;
  /** Of all files together, unpacked. */
  readonly bytes: number;
}

/** 250,000 files and folders, 4 GiB. */
export const artifactLimits: Limits = { files: 250_000, bytes: 4 * 1024 ** 3 };

/**
 * Reads an archive from its beginning to its end and writes nothing. Errors, saying which entry: something in it would
 * get out of the folder it is unpacked into, is neither file nor folder nor link, or is beyond the limits.
 */
export async function inspect(file: string, limits: Limits = artifactLimits): Promise<void> {
  const { Parser } = await import("tar");
  // How much there is counts here, not how well it could be packed.
  const parser = new Parser({ strict: true, maxDecompressionRatio: Infinity });
  const links = new Set<string>();
  let failure: Error | undefined;
  let files = 0;
  let bytes = 0;
  const look = (entry: ReadEntry): void => {
    files++;
    bytes += entry.size;
    const wrong = beyond(limits, files, bytes) ?? wrongWith(entry, links);
    if (entry.type === "SymbolicLink") links.add(posix.normalize(entry.path));
    if (wrong === undefined) entry.resume();
    else parser.abort(new Error(wrong));
  };
  parser.on("entry", look).on("ignoredEntry", look);
  parser.on("error", (error: Error) => (failure ??= error));
  for await (const chunk of createReadStream(file)) {
    parser.write(chunk as Buffer);
    if (failure !== undefined) throw failure;
  }
  parser.end();
  if (failure !== undefined) throw failure;
}

/** What is beyond the limits, in words; undefined when nothing is. */
export function beyond(limits: Limits, files: number, bytes: number): string | undefined {
  if (files > limits.files) return `it holds more than ${limits.files} files`;
  if (bytes > limits.bytes) return `it holds more than ${limits.bytes} bytes`;
  return undefined;
}

/** Whether a link at `path` points out of the folder that `path` is in, both with `/`. */
export function leadsOut(path: string, target: string): boolean {
  const end = posix.join(posix.dirname(path), target);
  return posix.isAbsolute(target) || end === ".." || end.startsWith("../");
}

const kinds = ["File", "OldFile", "Directory", "SymbolicLink", "Link"];

function wrongWith({ path, type, linkpath = "" }: ReadEntry, links: ReadonlySet<string>): string | undefined {
  const name = JSON.stringify(path);
  if (!kinds.includes(type)) return `${name} is a ${type}: only files, folders and links belong there`;
  if (posix.isAbsolute(path) || path.split("/").includes("..")) return `${name} leads out of the folder`;
  // The first name of a file stands from the archive's root on, a symbolic link from where it is.
  if (type === "Link" && leadsOut("", linkpath)) return `${name} is a link that leads out of the folder`;
  if (type === "SymbolicLink" && leadsOut(path, linkpath)) return `${name} is a link that leads out of the folder`;
  const behind = foldersOf(type === "Link" ? [path, linkpath] : [path]).find((folder) => links.has(folder));
  return behind === undefined ? undefined : `${name} lies behind the link ${JSON.stringify(behind)}`;
}

/** Some paths, and every folder above them. */
function foldersOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const parts = posix.normalize(path).split("/");
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  });
}
