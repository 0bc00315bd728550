/** Copies the static files to dist/assets under names that contain their digest, so that browsers may keep them for ever. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";

const source = join(import.meta.dirname, "public");
const target = join(import.meta.dirname, "dist");

rmSync(target, { recursive: true, force: true });
mkdirSync(join(target, "assets"), { recursive: true });

const names: Record<string, string> = {};
for (const file of readdirSync(source).sort()) {
  const content = readFileSync(join(source, file));
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const { name, ext } = parse(file);
  names[file] = `${name}.${digest}${ext}`;
  writeFileSync(join(target, "assets", names[file]), content);
}
writeFileSync(join(target, "assets.json"), `${JSON.stringify(names, null, 2)}\n`);
process.stdout.write(`${Object.values(names).join("\n")}\n`);
