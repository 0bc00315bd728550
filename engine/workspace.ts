import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fullName, openBackend, pulumiHome } from "./backend.ts";
import { UserError } from "./user-error.ts";
import { chdir } from "node:process";
import { configPlace } from "./configuration.ts";
import { requireProject } from "./project-file.ts";
import { Secrets } from "./secrets.ts";
import { StackFile } from "./stack-file.ts";
import type { Backend, StackName } from "./backend.ts";
import type { Project } from "./project-file.ts";
import type { UntypedDeployment } from "./checkpoint.ts";
import type { Flags } from "./command-line.ts";

/** The file in which the CLI, too, remembers the stack selected in a project, one per backend. */
interface WorkspaceFile {
  stack?: string;
  stacks?: Record<string, string>;
}

export function selectedStack(project: Project, backend: Backend): StackName | undefined {
  const { stacks, stack } = readWorkspace(project);
  const selected = stacks?.[backend.url] ?? stack;
  return selected ? parseStackName(selected, project.name) : undefined;
}

export function selectStack(project: Project, backend: Backend, name: StackName | undefined): void {
  const { stacks: { [backend.url]: _, ...others } = {} } = readWorkspace(project);
  const stacks = name ? { ...others, [backend.url]: fullName(name) } : others;
  const file = workspaceFile(project);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, JSON.stringify({ stacks }, null, 4), { mode: 0o600 });
}

/** `STACK`, `organization/STACK` or `organization/PROJECT/STACK`. */
export function parseStackName(text: string, defaultProject: string): StackName {
  const parts = text.split("/");
  if (parts.length > 3) throw new UserError(`could not parse stack name '${text}'`);
  if (parts.length > 1 && parts[0] !== "organization") throw new UserError("organization name must be 'organization'");
  const stack = parts.at(-1) ?? "";
  if (stack === "") throw new UserError("a stack name may not be empty");
  if (stack.length > 100) throw new UserError("a stack name cannot exceed 100 characters");
  const bad = stack.search(/[^A-Za-z0-9_.-]/);
  if (bad >= 0) {
    throw new UserError(
      "a stack name may only contain alphanumeric, hyphens, underscores, or periods: " +
        `invalid character '${stack[bad] ?? ""}' at position ${bad}`,
    );
  }
  return { project: parts.length === 3 ? (parts[1] ?? defaultProject) : defaultProject, stack };
}

function workspaceFile(project: Project): string {
  const hash = createHash("sha1").update(project.file).digest("hex");
  return join(pulumiHome(), "workspaces", `${project.name}-${hash}-workspace.json`);
}

function readWorkspace(project: Project): WorkspaceFile {
  const file = workspaceFile(project);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as WorkspaceFile) : {};
}

/** A stack that a command works on, with everything that belongs to it. */
export interface Session {
  project: Project;
  backend: Backend;
  name: StackName;
  state: UntypedDeployment;
  file: StackFile;
  secrets: Secrets;
}

export function openProject(): { project: Project; backend: Backend } {
  const project = requireProject();
  return { project, backend: openBackend(project) };
}

export function openSession(flags: Flags, name = flags.stack): Session {
  const { project, backend } = openProject();
  const stack = name === undefined ? selectedStack(project, backend) : parseStackName(name, project.name);
  if (!stack) throw new UserError("no stack selected; please use `pulumi stack select` to choose one");
  const state = currentState({ backend, name: stack }, name);
  const file = new StackFile(project, stack.stack, flags["config-file"]);
  const salt = state.deployment.secrets_providers?.state?.salt ?? file.salt;
  if (salt === undefined) throw new UserError(`stack '${stack.stack}' has no encryption salt`);
  return { project, backend, name: stack, state, file, secrets: new Secrets(salt) };
}

export function currentState(
  { backend, name }: Pick<Session, "backend" | "name">,
  called = name.stack,
): UntypedDeployment {
  const state = backend.read(name);
  if (!state) throw new UserError(`no stack named '${called}' found`, 6);
  return state;
}

/** `-c KEY=VALUE` of `up` and `preview` is written to the stack's file, as the CLI does it. */
export function applyConfigFlags({ project, file }: Session, flags: Flags): void {
  for (const pair of flags.config ?? []) {
    const [key = "", ...value] = pair.split("=");
    file.set(configPlace(key, project.name, flags["config-path"] ?? false), value.join("="));
  }
  if (flags.config?.length) file.save();
}

/** Programs, scripts and relative paths all start from the program's directory. */
export function enterProgramDirectory({ project }: Session): void {
  chdir(project.programDirectory);
}
