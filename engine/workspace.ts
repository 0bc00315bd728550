import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { fullName, openBackend, pulumiHome, type Backend, type StackName } from "./backend.ts";
import { rootResource } from "./checkpoint.ts";
import { StackFile } from "./configuration.ts";
import { isSecret, some, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { Secrets } from "./secrets.ts";
import { refuse, UserError } from "./user-error.ts";
import type { Flags } from "./command-line.ts";

interface ProjectYaml {
  name?: string;
  runtime?: string | { name: string; options?: { typescript?: boolean; tsconfig?: string; nodeargs?: string } };
  main?: string;
  config?: Record<string, PropertyValue>;
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
  const [, project = defaultProject, stack] =
    /^(?:organization\/(?:([^/]+)\/)?)?([A-Za-z0-9_.-]{1,100})$/.exec(text) ?? [];
  if (stack !== undefined) return { project, stack };
  const rule =
    "1 to 100 letters, digits, hyphens, underscores or periods, after organization/ or organization/PROJECT/";
  throw new UserError(`invalid stack name '${text}': it is ${rule}`);
}

/** The last stored outputs of a stack, which may be the one being updated. */
export async function readStackOutputs(backend: Backend, project: string, name: string): Promise<PropertyMap> {
  const stack = parseStackName(name, project);
  const state = backend.read(stack);
  if (!state) throw new Error(`unknown stack "${name.includes("/") ? name : fullName(stack)}"`);
  const { urn = "", outputs: sealed = {} } = rootResource(state.deployment) ?? {};
  const secretOutputNames = Object.keys(sealed).filter((key) => some(sealed[key] ?? null, isSecret));
  if (secretOutputNames.length === 0) return { name, outputs: sealed, secretOutputNames };
  const secrets = new Secrets(state.deployment.secrets_providers?.state?.salt ?? "");
  await secrets.unlock();
  return { name, outputs: secrets.open(sealed, urn), secretOutputNames: secretOutputNames.sort() };
}

export function openProject() {
  const project = findProject();
  if (project) return { project, backend: openBackend(project) };
  throw new UserError(`no Pulumi.yaml project file found (searching upwards from ${process.cwd()})`);
}

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
