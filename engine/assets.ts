import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { archiveSignature, asText, assetSignature, isObject, mapValue, signature } from "./property-value.ts";
import { refuse } from "./user-error.ts";
import type { PropertyMap } from "./property-value.ts";

/** Adds the content's hash to the assets in a program's inputs. */
export function hashAssets(inputs: PropertyMap): PropertyMap {
  return mapValue(inputs, (item) => {
    if (!isObject(item)) return undefined;
    if (item[signature] === archiveSignature && item.hash === undefined) throw refuse("an archive as input");
    if (item[signature] !== assetSignature || typeof item.hash === "string") return undefined;
    if (typeof item.uri === "string") throw refuse("a remote asset");
    const { __pulumiAsset: _, ...asset } = item;
    const content = typeof item.text === "string" ? item.text : readFileSync(asText(item.path));
    return { ...asset, hash: sha256(content) };
  }) as PropertyMap;
}

/** The files below `directory` that match the globs, as assets by relative path; `!` takes away again. */
export function globAssets(directory: string, globs: string[]): PropertyMap {
  const patterns = globs.map((glob) => ({ take: !glob.startsWith("!"), pattern: globPattern(glob.replace(/^!/, "")) }));
  const found: PropertyMap = {};
  for (const path of walk(directory)) {
    for (const { take, pattern } of patterns) {
      if (!pattern.test(path)) continue;
      if (take) found[path] = pathAsset(join(directory, path));
      else Reflect.deleteProperty(found, path);
    }
  }
  return found;
}

export function archiveOf(assets: PropertyMap): PropertyMap {
  return { [signature]: archiveSignature, assets, hash: sha256(tar(assets)) };
}

function pathAsset(path: string): PropertyMap {
  return { [signature]: assetSignature, hash: sha256(readFileSync(path)), path };
}

function walk(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

function globPattern(glob: string): RegExp {
  const parts: Record<string, string> = { "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" };
  const source = glob.replace(/\\.|\*\*|\[[^\]]*\]|[*?{},]|[.+^$()|]/g, (token) => {
    if (token.startsWith("[")) return token.replace(/^\[!/, "[^");
    return parts[token] ?? (token.startsWith("\\") ? token : `\\${token}`);
  });
  return new RegExp(`^${source}$`);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** An archive's hash is that of the tar file it would make: files by name, mode 0600, no times. */
function tar(assets: PropertyMap): Buffer {
  const files = Object.entries(assets).sort(([a], [b]) => (a < b ? -1 : 1));
  const blocks = files.flatMap(([name, asset]) => {
    const content = readFileSync(asText((asset as PropertyMap).path));
    return [tarHeader(name, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function tarHeader(name: string, size: number): Buffer {
  const bytes = Buffer.from(name);
  if (bytes.length > 100) throw refuse("a path of more than 100 bytes in archivePaths");
  const header = Buffer.alloc(512);
  bytes.copy(header);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(octal(0o600, 7) + octal(0, 7) + octal(0, 7) + octal(size, 11) + octal(0, 11), 100);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  header.write(octal(0, 7) + octal(0, 7), 329);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
