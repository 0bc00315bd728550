import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { Problem } from "./problem.ts";

/** A folder with a Pulumi.yaml. */
export interface Project {
  readonly name: string;
  readonly folder: string;
  /** Folder of the stack files. */
  readonly stackFolder: string;
  /** The folder that keeps state; undefined where it is kept by a service. */
  readonly backend: string | undefined;
  /** The same, where it is the project's own: Pulumi.yaml names it, and the environment no other. */
  readonly localBackend: string | undefined;
  /** Configuration of all stacks. */
  readonly config: Readonly<Record<string, unknown>>;
}

interface ProjectFile {
  readonly name: string;
  readonly stackConfigDir?: string;
  readonly backend?: { readonly url?: string };
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Finds the project that a folder is in. Errors: there is none, or its Pulumi.yaml is not YAML. */
export function findProject(from = process.cwd()): Project {
  let folder = resolve(from);
  while (!existsSync(join(folder, "Pulumi.yaml"))) {
    const above = dirname(folder);
    if (above === folder)
      throw new Problem(`${from}: there is no Pulumi.yaml here or above. Go to your project's folder.`);
    folder = above;
  }
  const file = readProjectFile(join(folder, "Pulumi.yaml"));
  const own = folderOf(file.backend?.url ?? "", folder);
  const { PULUMI_BACKEND_URL: other } = process.env;
  return {
    name: file.name,
    folder,
    stackFolder: resolve(folder, file.stackConfigDir ?? "."),
    backend: other === undefined ? own : folderOf(other, folder),
    localBackend: other === undefined ? own : undefined,
    config: Object.fromEntries(Object.entries(file.config ?? {}).map(([key, given]) => [key, valueOf(given)])),
  };
}

function readProjectFile(path: string): ProjectFile {
  const file = readYaml(path) as Partial<ProjectFile>;
  if (file.name === undefined) throw new Problem(`${path}: has no name. Add one: name: releases`);
  const texts = { name: file.name, stackConfigDir: file.stackConfigDir, "backend.url": file.backend?.url };
  for (const [key, value] of Object.entries<unknown>(texts))
    if (value !== undefined && typeof value !== "string") throw new Problem(`${path}: ${key} must be a text`);
  if (file.config !== undefined && !isMapping(file.config))
    throw new Problem(`${path}: config must hold keys and values`);
  return file as ProjectFile;
}

/** The stack that is meant: the one named, else staging, else the only one. Errors: that cannot be told. */
export function chooseStack(project: Project, named: string | undefined): string {
  const known = stacksOf(project);
  const list = known.length === 0 ? "There is none here" : `Those here: ${known.join(", ")}`;
  if (named !== undefined) {
    if (known.includes(named)) return named;
    throw new Problem(`--stack ${named}: there is no Pulumi.${named}.yaml. ${list}.`);
  }
  const [only] = known;
  if (known.includes("staging")) return "staging";
  if (only !== undefined && known.length === 1) return only;
  throw new Problem(`which stack? ${list}. Name it: --stack NAME`, 2);
}

export function stacksOf({ stackFolder }: Project): string[] {
  if (!existsSync(stackFolder)) throw new Problem(`Pulumi.yaml: stackConfigDir: ${stackFolder} does not exist`);
  return readdirSync(stackFolder)
    .flatMap((file) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

export function readYaml(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8")) ?? {};
  } catch (error) {
    throw new Problem(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isMapping(value)) throw new Problem(`${path}: must hold keys and values, such as name: releases`);
  return value;
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** In Pulumi.yaml a value stands as it is, or as `{ value }` or `{ default }`. */
function valueOf(given: unknown): unknown {
  if (typeof given !== "object" || given === null) return given;
  const { value, default: fallback } = given as { value?: unknown; default?: unknown };
  return value ?? fallback;
}

function folderOf(url: string, folder: string): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  const path = url.slice("file://".length).replace(/\?.*$/, "");
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(2));
  return path.startsWith("/") ? fileURLToPath(`file://${path}`) : resolve(folder, path);
}
