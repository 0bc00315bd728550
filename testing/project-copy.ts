import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import { compiledFolder } from "../runtime/compile-cache.mjs";

/** What belongs to a working copy and not to the project. */
const left = new Set([".git", ".switchback", "node_modules"]);

/** Copies a project to a temporary folder, with a backend of its own in it. Errors: the folder is no Pulumi project. */
export function copyProject(project: string): string {
  const file = join(project, "Pulumi.yaml");
  if (!existsSync(file)) throw new Error(`${project}: there is no Pulumi.yaml. Name your project's folder.`);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-test-")));
  cpSync(project, folder, { recursive: true, filter: (path) => path === project || !left.has(basename(path)) });
  linkPackages(join(project, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, ".switchback/backend"), { recursive: true });
  shareCompiled(join(folder, ".switchback/compiled"));
  const settings = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    stringify({ ...settings, backend: { url: "file://./.switchback/backend" } }),
  );
  return folder;
}

/** What copies compile is the same in all of them, and Node finds it again by paths relative to this folder. */
function shareCompiled(folder: string): void {
  try {
    symlinkSync(compiledFolder("testing"), folder);
  } catch {
    // Without a home each copy keeps what it has compiled itself.
  }
}

/**
 * Links packages one by one: Node finds them where they really are, and what removes or replaces `node_modules` in the
 * copy (`npm ci` does) leaves the project's own alone.
 */
export function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from).filter((name) => !name.startsWith(".") || name === ".bin");
  for (const name of names) symlinkSync(realpathSync(join(from, name)), join(to, name));
}

interface StackSettings {
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Sets values in a stack's file. */
export function configure(folder: string, stack: string, config: Readonly<Record<string, unknown>>): void {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const settings = readSettings(file);
  writeFileSync(file, stringify({ ...settings, config: { ...settings.config, ...config } }));
}

/** Leaves out what only the original's passphrase can open. */
export function dropSecrets(folder: string, stack: string): void {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const open = Object.entries(readSettings(file).config ?? {}).filter(
    ([, value]) => !JSON.stringify(value).includes('"secure":'),
  );
  writeFileSync(file, stringify({ config: Object.fromEntries(open) }));
}

/** Takes a stack's file over as it is, with what opens its secrets. */
export function copyStackFile(from: string, to: string, stack: string): void {
  cpSync(join(from, `Pulumi.${stack}.yaml`), join(to, `Pulumi.${stack}.yaml`));
}

function readSettings(file: string): StackSettings {
  return existsSync(file) ? ((parse(readFileSync(file, "utf8")) ?? {}) as StackSettings) : {};
}
