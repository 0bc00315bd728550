import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { fullName, openBackend, pulumiHome, type Backend, type StackName } from "./backend.ts";
import { StackFile } from "./configuration.ts";
import { Secrets } from "./secrets.ts";
import { refuse, UserError } from "./user-error.ts";
import type { Flags } from "./command-line.ts";
import type { PropertyValue } from "./property-value.ts";

/** One entry of the project's `config:`: a schema, or just a value. */
export interface ConfigDeclaration {
  type?: string;
  items?: { type?: string };
  default?: PropertyValue;
  value?: PropertyValue;
  secret?: boolean;
}

interface ProjectYaml {
  name?: string;
  runtime?: string | { name: string; options?: { typescript?: boolean; tsconfig?: string; nodeargs?: string } };
  main?: string;
  config?: Record<string, ConfigDeclaration | PropertyValue>;
  stackConfigDir?: string;
  backend?: { url?: string };
}

export type Project = ReturnType<typeof readProject>;

export function findProject(from = process.cwd()): Project | undefined {
  const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(from, name)).find((path) => existsSync(path));
  if (file) return readProject(file);
  return dirname(from) === from ? undefined : findProject(dirname(from));
}

function readProject(file: string) {
  const wrong = (problem: string): UserError => new UserError(`could not load project ${file}: ${problem}`);
  const document = parseDocument(readFileSync(file, "utf8"));
  if (document.errors[0]) throw wrong(document.errors[0].message);
  const { name, runtime, main, config = {}, stackConfigDir = ".", backend } = (document.toJS() ?? {}) as ProjectYaml;
  if (!name) throw wrong("project is missing a 'name' attribute");
  if (!runtime) throw wrong("project is missing a 'runtime' attribute");
  const { name: language, options = {} } = typeof runtime === "string" ? { name: runtime } : runtime;
  if (language !== "nodejs") throw refuse(`the runtime "${language}"`);
  const root = dirname(file);
  const isFile = main === undefined || statSync(resolve(root, main), { throwIfNoEntry: false })?.isFile() === true;
  /** Where the program runs, and what to hand to the SDK's entry point there. */
  const run = isFile
    ? { programDirectory: root, program: main ?? "." }
    : { programDirectory: resolve(root, main), program: "." };
  const configDirectory = resolve(root, stackConfigDir);
  return { name, file, root, ...run, options, config, configDirectory, backendUrl: backend?.url };
}

/** The file in which the CLI, too, remembers the stack selected in a project, one per backend. */
function readWorkspace({ name, file }: Project) {
  const path = join(pulumiHome(), "workspaces", `${name}-${hash("sha1", file)}-workspace.json`);
  const content = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as object) : {};
  return { path, ...(content as { stack?: string; stacks?: Record<string, string> }) };
}

export function selectedStack(project: Project, backend: Backend): StackName | undefined {
  const { stacks, stack } = readWorkspace(project);
  const selected = stacks?.[backend.url] ?? stack;
  return selected ? parseStackName(selected, project.name) : undefined;
}

export function selectStack(project: Project, backend: Backend, name: StackName | undefined): void {
  const { path, stacks: { [backend.url]: _, ...others } = {} } = readWorkspace(project);
  const stacks = name ? { ...others, [backend.url]: fullName(name) } : others;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ stacks }, null, 4), { mode: 0o600 });
}

/** `STACK`, `organization/STACK` or `organization/PROJECT/STACK`. */
export function parseStackName(text: string, defaultProject: string): StackName {
  const parts = text.split("/");
  const [stack = "", project = defaultProject, ...rest] = parts.length === 2 ? [parts[1]] : parts.toReversed();
  if (rest.length > 1) throw new UserError(`could not parse stack name '${text}'`);
  if (parts.length > 1 && parts[0] !== "organization") throw new UserError("organization name must be 'organization'");
  if (stack === "") throw new UserError("a stack name may not be empty");
  if (stack.length > 100) throw new UserError("a stack name cannot exceed 100 characters");
  const [bad] = /[^A-Za-z0-9_.-]/.exec(stack) ?? [];
  if (bad === undefined) return { project, stack };
  const problem = `invalid character '${bad}' at position ${stack.indexOf(bad)}`;
  throw new UserError(`a stack name may only contain alphanumeric, hyphens, underscores, or periods: ${problem}`);
}

export function openProject() {
  const project = findProject();
  if (project) return { project, backend: openBackend(project) };
  throw new UserError(
    `no Pulumi.yaml project file found (searching upwards from ${process.cwd()}). ` +
      "If you have not created a project yet, use `pulumi new` to do so: no project file found",
  );
}

/** A stack that a command works on, with everything that belongs to it. */
export type Session = ReturnType<typeof openSession>;

export function openSession(flags: Flags, text = flags.stack) {
  const { project, backend } = openProject();
  const name = text === undefined ? selectedStack(project, backend) : parseStackName(text, project.name);
  if (!name) throw new UserError("no stack selected; please use `pulumi stack select` to choose one");
  const state = currentState({ backend, name }, text);
  const file = new StackFile(project, name.stack, flags["config-file"]);
  const salt = state.deployment.secrets_providers?.state?.salt ?? file.salt;
  if (salt === undefined) throw new UserError(`stack '${name.stack}' has no encryption salt`);
  return { project, backend, name, state, file, secrets: new Secrets(salt) };
}

export function currentState({ backend, name }: { backend: Backend; name: StackName }, called = name.stack) {
  const state = backend.read(name);
  if (!state) throw new UserError(`no stack named '${called}' found`, 6);
  return state;
}
