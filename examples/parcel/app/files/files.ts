import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "../host/shared.ts";
import type { Configuration } from "../host/configuration.ts";

export const mostFileBytes = 2 * 1024 * 1024;

/** A file that somebody uploaded, such as a customs form. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** SHA-256 of the content, in hex. */
  readonly digest: string;
  readonly owner: string;
}

type New = Pick<StoredFile, "name" | "type" | "owner">;

/** In the folder that all releases of a host share: the next release has it too. */
export function storeFile(configuration: Configuration, about: New, content: Buffer): StoredFile {
  const id = randomBytes(12).toString("hex");
  const stored = { id, ...about, digest: createHash("sha256").update(content).digest("hex") };
  const place = placeOf(configuration, id);
  writeFileSync(place.content, content);
  // The description comes last, and whole: a file is there when it is described.
  writeFileSync(`${place.description}.new`, JSON.stringify(stored));
  renameSync(`${place.description}.new`, place.description);
  return stored;
}

/** Somebody's own file; other people's are as good as none. */
export function findFile(configuration: Configuration, owner: string, id: string): StoredFile | undefined {
  const { description } = placeOf(configuration, id);
  if (!/^[0-9a-f]{24}$/.test(id) || !existsSync(description)) return undefined;
  const stored = JSON.parse(readFileSync(description, "utf8")) as StoredFile;
  return stored.owner === owner ? stored : undefined;
}

export function readContent(configuration: Configuration, { id }: StoredFile): Buffer {
  return readFileSync(placeOf(configuration, id).content);
}

export function removeFile(configuration: Configuration, { id }: StoredFile): void {
  const { description, content } = placeOf(configuration, id);
  rmSync(description);
  rmSync(content);
}

function placeOf(configuration: Configuration, id: string): { description: string; content: string } {
  const folder = sharedFolder(configuration, "files");
  return { description: join(folder, `${id}.json`), content: join(folder, id) };
}
