import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as values from "./property-value.ts";
import { asText, signature, type PropertyMap } from "./property-value.ts";
import { refuse } from "./user-error.ts";

/** Adds the content's hash to the assets in a program's inputs. */
export function hashAssets(inputs: PropertyMap): PropertyMap {
  return values.mapValue(inputs, (item) => {
    if (!values.isObject(item) || item.hash !== undefined) return undefined;
    if (item[signature] === values.archiveSignature) throw refuse("an archive as input");
    if (item[signature] !== values.assetSignature) return undefined;
    if (typeof item.uri === "string") throw refuse("a remote asset");
    const { __pulumiAsset: _, ...asset } = item;
    const content = asset.text === undefined ? readFileSync(asText(asset.path)) : asText(asset.text);
    return { ...asset, hash: hash("sha256", content) };
  });
}

/** The files below `directory` that match the globs, as assets by relative path; `!` takes away again. */
export function globAssets(directory: string, globs: string[]): PropertyMap {
  const patterns = globs.map((glob) => ({
    takes: !glob.startsWith("!"),
    pattern: globPattern(glob.replace(/^!/, "")),
  }));
  const assets: PropertyMap = {};
  for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    const name = relative(directory, path);
    // The last glob that matches decides.
    if (file.isDirectory() || !patterns.findLast(({ pattern }) => pattern.test(name))?.takes) continue;
    assets[name] = { [signature]: values.assetSignature, hash: hash("sha256", readFileSync(path)), path };
  }
  return assets;
}

/** Globs as the command provider has them: `**` is anything, also within a name. */
function globPattern(glob: string): RegExp {
  const parts: Record<string, string> = { "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" };
  const source = glob.replace(/\\.|\*\*|\[[^\]]*\]|[*?{},]|[.+^$()|]/g, (token) => {
    if (token.startsWith("[")) return token.replace(/^\[!/, "[^");
    return parts[token] ?? (token.startsWith("\\") ? token : `\\${token}`);
  });
  return new RegExp(`^${source}$`);
}

/** An archive's hash is that of the tar file it would make: files by name, mode 0600, no times. */
export function archiveOf(assets: PropertyMap): PropertyMap {
  const files = Object.entries(assets).sort(([a], [b]) => (a < b ? -1 : 1));
  const blocks = files.flatMap(([name, asset]) => {
    const content = readFileSync(asText((asset as PropertyMap).path));
    return [tarHeader(name, content.length), content, Buffer.alloc(-content.length & 511)];
  });
  const tar = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return { [signature]: values.archiveSignature, assets, hash: hash("sha256", tar) };
}

/** Written as Go writes it, byte by byte: the `tar` package pads its numbers otherwise. */
function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw refuse("a path of more than 100 bytes in archivePaths");
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name);
  header.write(octal(0o600, 7) + octal(0, 7) + octal(0, 7) + octal(size, 11) + octal(0, 11), 100);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  header.write(octal(0, 7) + octal(0, 7), 329);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)} `, 148);
  return header;
}
