import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

export interface Assets {
  /** Address of a file from public/, with the digest in its name. */
  href(name: string): string;
  read(file: string): { type: string; content: Buffer } | undefined;
}

const types: Record<string, string> = { ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };

/** Loads what `node build.ts` made of public/. */
export function loadAssets(root: string): Assets {
  const index = join(root, "dist", "assets.json");
  if (!existsSync(index)) throw new Error(`${index} does not exist. Run: node build.ts`);
  const names = JSON.parse(readFileSync(index, "utf8")) as Record<string, string>;
  const files = new Map(
    Object.values(names).map((file) => [
      file,
      {
        type: types[extname(file)] ?? "application/octet-stream",
        content: readFileSync(join(root, "dist", "assets", file)),
      },
    ]),
  );
  return { href: (name) => `/assets/${names[name] ?? name}`, read: (file) => files.get(file) };
}
