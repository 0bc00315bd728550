import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { formatCheckpoint, newManifest, parseCheckpoint } from "./checkpoint.ts";
import { UserError, refuse } from "./user-error.ts";
import { open } from "node:fs/promises";
import type { Deployment, UntypedDeployment } from "./checkpoint.ts";
import type { Project } from "./workspace.ts";

/** A stack of a project in the file backend; its full name is `organization/PROJECT/STACK`. */
export interface StackName {
  project: string;
  stack: string;
}

export function fullName({ project, stack }: StackName): string {
  return `organization/${project}/${stack}`;
}

/** Pulumi's file backend: everything below `DIRECTORY/.pulumi`. */
export class Backend {
  readonly url: string;
  readonly directory: string;
  private readonly store: string;

  constructor(url: string) {
    this.url = url;
    this.directory = directoryOf(url);
    this.store = join(this.directory, ".pulumi");
    if (existsSync(this.store) && !existsSync(this.path("meta.yaml")) && existsSync(this.path("stacks"))) {
      throw refuse(`the backend ${url}, whose files are in the layout before projects,`);
    }
  }

  path(...parts: string[]): string {
    return join(this.store, ...parts);
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
    for (const packed of [`${file}.gz`, `${file}.zst`]) if (existsSync(packed)) throw refuse("a compressed checkpoint");
    return existsSync(file) ? parseCheckpoint(readFileSync(file, "utf8"), file) : undefined;
  }

  /** Writes the checkpoint's text, keeping the version before as `.bak`. */
  async write(name: StackName, text: string): Promise<void> {
    const file = this.checkpointFile(name);
    this.initialise();
    keepBackup(file);
    await writeAtomically(file, text);
  }

  async create(name: StackName, salt: string): Promise<void> {
    if (this.exists(name)) throw new UserError(`stack '${fullName(name)}' already exists`);
    const deployment: Deployment = {
      manifest: newManifest(),
      secrets_providers: passphraseProvider(salt),
      metadata: {},
    };
    await this.write(name, formatCheckpoint(fullName(name), deployment));
    keepBackup(this.checkpointFile(name));
  }

  list(project?: string): StackName[] {
    const projects = project === undefined ? names(this.path("stacks")) : [project];
    return projects.sort().flatMap((project) =>
      names(this.path("stacks", project))
        .filter((file) => file.endsWith(".json"))
        .sort()
        .map((file) => ({ project, stack: file.slice(0, -".json".length) })),
    );
  }

  /** Removes the stack; its last checkpoint stays as `.bak`, as the CLI leaves it. */
  remove(name: StackName): void {
    const file = this.checkpointFile(name);
    keepBackup(file);
    rmSync(file);
    rmSync(this.path("history", name.project, name.stack), { recursive: true, force: true });
  }

  private initialise(): void {
    if (existsSync(this.path("meta.yaml"))) return;
    mkdirSync(this.store, { recursive: true, mode: 0o700 });
    writeFileSync(this.path("meta.yaml"), "version: 1\n");
  }
}

export function passphraseProvider(salt: string): NonNullable<Deployment["secrets_providers"]> {
  return { type: "passphrase", state: { salt } };
}

function names(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** Which backend is meant: the environment's, the project's, or the one last logged in to. */
export function openBackend(project: Project | undefined): Backend {
  const url = process.env.PULUMI_BACKEND_URL ?? project?.backendUrl ?? currentLogin();
  if (!url) throw new UserError("no backend is chosen: set PULUMI_BACKEND_URL, for example to file://~");
  return new Backend(url);
}

export function pulumiHome(): string {
  return process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
}

function currentLogin(): string | undefined {
  const file = join(pulumiHome(), "credentials.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current : undefined;
}

function directoryOf(url: string): string {
  if (!url.startsWith("file://")) throw refuse(`the backend ${url}`);
  const path = url.slice("file://".length).replace(/\?.*$/, "");
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(2));
  return path.startsWith("/") ? fileURLToPath(`file://${path}`) : resolve(path);
}

/** Replaces `file` as a whole: after a crash there is the old or the new text, on the disk, never half of one. */
export async function writeAtomically(file: string, text: string, mode = 0o600): Promise<void> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.tmp`;
  try {
    await writeSynced(temporary, text, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

async function writeSynced(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, "w", mode);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Keeps the present version of `file` as `FILE.bak`. */
export function keepBackup(file: string): void {
  rmSync(`${file}.bak`, { force: true });
  try {
    linkSync(file, `${file}.bak`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
