import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { open, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { formatCheckpoint, newDeployment, parseCheckpoint, type UntypedDeployment } from "./checkpoint.ts";
import { refuse, UserError } from "./user-error.ts";
import type { Project } from "./workspace.ts";
import type { PropertyMap } from "./property-value.ts";

/** A stack of a project in the file backend; its full name is `organization/PROJECT/STACK`. */
export interface StackName {
  project: string;
  stack: string;
}

/** One finished update, as the history keeps it. Times are Unix seconds; the version is always 0 in this backend. */
export interface UpdateInfo {
  kind: "update" | "refresh" | "destroy";
  startTime: number;
  message: string;
  environment: Record<string, string>;
  config: PropertyMap;
  version: 0;
  result: "succeeded" | "failed";
  endTime: number;
  resourceChanges: Record<string, number>;
}

/** Pulumi's file backend: everything below `DIRECTORY/.pulumi`. */
export class Backend {
  readonly url: string;
  readonly directory: string;

  constructor(url: string) {
    if (!url.startsWith("file://")) throw refuse(`the backend ${url}`);
    this.url = url;
    const path = url.slice("file://".length).replace(/\?.*$/, "");
    if (/^~(\/|$)/.test(path)) this.directory = join(homedir(), path.slice(1));
    else this.directory = path.startsWith("/") ? fileURLToPath(`file://${path}`) : resolve(path);
    if (existsSync(this.path("stacks")) && !existsSync(this.path("meta.yaml"))) {
      throw refuse(`the backend ${url}, whose files are in the layout before projects,`);
    }
  }

  path(...parts: string[]): string {
    return join(this.directory, ".pulumi", ...parts);
  }

  checkpointFile({ project, stack }: StackName): string {
    return this.path("stacks", project, `${stack}.json`);
  }

  exists(name: StackName): boolean {
    return existsSync(this.checkpointFile(name));
  }

  /** The stack's state, or undefined when there is no such stack. */
  read(name: StackName): UntypedDeployment | undefined {
    const file = this.checkpointFile(name);
    if (existsSync(`${file}.gz`) || existsSync(`${file}.zst`)) throw refuse("a compressed checkpoint");
    return existsSync(file) ? parseCheckpoint(readFileSync(file, "utf8"), file) : undefined;
  }

  /** Writes the checkpoint, keeping the version before as `.bak`. */
  async write(name: StackName, content: string): Promise<void> {
    if (!existsSync(this.path("meta.yaml"))) await writeAtomically(this.path("meta.yaml"), "version: 1\n");
    keepBackup(this.checkpointFile(name));
    await writeAtomically(this.checkpointFile(name), content);
  }

  async create(name: StackName, salt: string): Promise<void> {
    if (this.exists(name)) throw new UserError(`stack '${fullName(name)}' already exists`);
    await this.write(name, formatCheckpoint(fullName(name), newDeployment(salt)));
    keepBackup(this.checkpointFile(name));
  }

  list(project: string): StackName[] {
    const files = namesIn(this.path("stacks", project), ".json");
    return files.map((file) => ({ project, stack: file.slice(0, -".json".length) }));
  }

  /** Removes the stack; its last checkpoint stays as `.bak`, as the CLI leaves it. */
  remove(name: StackName): void {
    const file = this.checkpointFile(name);
    keepBackup(file);
    rmSync(file);
    rmSync(this.path("history", name.project, name.stack), { recursive: true, force: true });
  }

  /** Its finished updates, newest first. */
  history({ project, stack }: StackName): UpdateInfo[] {
    const directory = this.path("history", project, stack);
    const newestFirst = namesIn(directory, ".history.json").reverse();
    return newestFirst.map((file) => JSON.parse(readFileSync(join(directory, file), "utf8")) as UpdateInfo);
  }

  /** Adds the entry, the checkpoint after it, and a backup of the same checkpoint. */
  async addToHistory({ project, stack }: StackName, update: UpdateInfo, checkpoint: string): Promise<void> {
    // Nanoseconds, as the CLI counts them; the clock has microseconds.
    const stamp = `${Math.round((performance.timeOrigin + performance.now()) * 1000)}000`;
    const entry = this.path("history", project, stack, `${stack}-${stamp}`);
    await Promise.all([
      writeAtomically(`${entry}.history.json`, JSON.stringify(update)),
      writeAtomically(`${entry}.checkpoint.json`, checkpoint),
      writeAtomically(this.path("backups", project, stack, `${stack}.${stamp}.json`), checkpoint),
    ]);
  }
}

export const fullName = ({ project, stack }: StackName): string => `organization/${project}/${stack}`;

function namesIn(directory: string, ending: string): string[] {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.filter((name) => name.endsWith(ending)).sort();
}

export const pulumiHome = (): string => process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");

/** Which backend is meant: the environment's, the project's, or the one last logged in to. */
export function openBackend(project: Project | undefined): Backend {
  const login = join(pulumiHome(), "credentials.json");
  const readLogin = () => (JSON.parse(readFileSync(login, "utf8")) as { current?: string }).current;
  const url = process.env.PULUMI_BACKEND_URL ?? project?.backendUrl ?? (existsSync(login) ? readLogin() : undefined);
  if (!url) throw new UserError("no backend is chosen: set PULUMI_BACKEND_URL, for example to file://~");
  return new Backend(url);
}

/** Replaces `file` as a whole: after a crash there is the old or the new text, on the disk, never half of one. */
async function writeAtomically(file: string, content: string): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(temporary, content, { mode: 0o600, flush: true });
    renameSync(temporary, file);
    // The new name, too, is only safe from a power failure when its directory is on the disk.
    const directory = await open(dirname(file));
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new UserError(`could not write ${file}: ${(error as Error).message}`);
  }
}

/** Keeps the present version of `file` as `FILE.bak`. */
function keepBackup(file: string): void {
  rmSync(`${file}.bak`, { force: true });
  if (!existsSync(file)) return;
  try {
    linkSync(file, `${file}.bak`);
  } catch {
    copyFileSync(file, `${file}.bak`); // not every file system has links
  }
}
