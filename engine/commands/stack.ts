import { parseFlags } from "../command-line.ts";
import { formatCheckpoint } from "../checkpoint.ts";
import { fullName } from "../backend.ts";
import { printTable } from "../display-value.ts";
import { openProject, openSession, parseStackName, selectStack, selectedStack } from "../workspace.ts";
import { locked } from "../perform.ts";
import { Secrets } from "../secrets.ts";
import { StackFile } from "../stack-file.ts";
import { refuse, UserError } from "../user-error.ts";
import { existsSync, renameSync, rmSync } from "node:fs";
import type { Deployment } from "../checkpoint.ts";

/** `stack`: which one is selected and what is in it. */
export function show(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv);
  const { name, state } = openSession(flags);
  if (flags["show-name"]) process.stdout.write(`${name.stack}\n`);
  else {
    const resources = state.deployment.resources ?? [];
    process.stdout.write(`Current stack is ${name.stack}:\nCurrent stack resources (${resources.length}):\n`);
    printTable(
      ["    TYPE", "NAME"],
      resources.map(({ type, urn }) => [`    ${type}`, urn.split("::")[3] ?? ""]),
    );
  }
  return Promise.resolve(undefined);
}

export async function init(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  const text = args[0] ?? flags.stack;
  if (text === undefined) throw new UserError("missing stack name");
  const kind = flags["secrets-provider"] ?? "passphrase";
  if (!/^(passphrase|default)$/.test(kind)) throw refuse(`the secrets provider "${kind}"`);
  const { project, backend } = openProject();
  const name = parseStackName(text, project.name);
  if (backend.exists(name)) throw new UserError(`stack '${fullName(name)}' already exists`);
  const file = new StackFile(project, name.stack, flags["config-file"]);
  const secrets = file.salt === undefined ? await Secrets.create() : new Secrets(file.salt);
  await secrets.unlock();
  if (file.salt === undefined) {
    file.setSalt(secrets.salt);
    file.save();
  }
  await backend.create(name, secrets.salt);
  if (!flags["no-select"]) selectStack(project, backend, name);
  process.stderr.write(`Created stack '${name.stack}'\n`);
  return undefined;
}

export function select(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  const text = args[0] ?? flags.stack;
  if (text === undefined) throw new UserError("a stack name is required when running in non-interactive mode");
  const { project, backend } = openProject();
  const name = parseStackName(text, project.name);
  if (flags.create && !backend.exists(name)) return init(argv);
  openSession(flags, text);
  selectStack(project, backend, name);
  return Promise.resolve(undefined);
}

export function unselect(): Promise<undefined> {
  const { project, backend } = openProject();
  selectStack(project, backend, undefined);
  return Promise.resolve(undefined);
}

export function list(argv: string[]): Promise<undefined> {
  const { flags } = parseFlags(argv);
  const { project, backend } = openProject();
  const current = selectedStack(project, backend);
  const stacks = backend.list(project.name).map((name) => {
    const { resources, manifest } = backend.read(name)?.deployment ?? {};
    const isCurrent = name.stack === current?.stack;
    const time = resources?.length ? (backend.lastUpdate(name) ?? manifest?.time) : undefined;
    return {
      name: name.stack,
      current: isCurrent,
      ...(time && { lastUpdate: time }),
      resourceCount: resources?.length ?? 0,
    };
  });
  if (flags.json) process.stdout.write(`${JSON.stringify(stacks, null, 2)}\n`);
  else {
    const rows = stacks.map((stack) => [
      stack.name + (stack.current ? "*" : ""),
      stack.lastUpdate ?? "n/a",
      `${stack.resourceCount}`,
    ]);
    printTable(["NAME", "LAST UPDATE", "RESOURCE COUNT"], rows);
  }
  return Promise.resolve(undefined);
}

export async function remove(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  const session = openSession(flags, args[0] ?? flags.stack);
  const { project, backend, name, file } = session;
  if (!flags.yes) throw new UserError("--yes must be passed in to proceed when running in non-interactive mode", 2);
  await locked(session, () => {
    if (session.state.deployment.resources?.length && !flags.force) {
      throw new UserError(
        `'${name.stack}' still has resources; removal rejected. Possible actions:\n` +
          `- Make sure that '${name.stack}' is the stack that you want to destroy\n` +
          "- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n" +
          "- Run `pulumi stack rm --force` to override this error",
      );
    }
    backend.remove(name);
    return Promise.resolve();
  });
  if (!flags["preserve-config"]) rmSync(file.path, { force: true });
  if (selectedStack(project, backend)?.stack === name.stack) selectStack(project, backend, undefined);
  process.stdout.write(`Stack '${name.stack}' has been removed!\n`);
  return undefined;
}

export async function rename(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  const session = openSession(flags);
  const { project, backend, name, file } = session;
  const next = parseStackName(args[0] ?? "", project.name);
  if (backend.exists(next)) throw new UserError(`stack '${fullName(next)}' already exists`);
  await locked(session, async () => {
    const text = JSON.stringify(session.state.deployment).replaceAll(
      `urn:pulumi:${name.stack}::`,
      `urn:pulumi:${next.stack}::`,
    );
    await backend.write(next, formatCheckpoint(fullName(next), JSON.parse(text) as Deployment));
    const history = backend.path("history", name.project, name.stack);
    if (existsSync(history)) renameSync(history, backend.path("history", next.project, next.stack));
    backend.remove(name);
  });
  const nextFile = new StackFile(project, next.stack);
  if (existsSync(file.path)) renameSync(file.path, nextFile.path);
  if (selectedStack(project, backend)?.stack === name.stack) selectStack(project, backend, next);
  process.stdout.write(`Renamed ${name.stack} to ${next.stack}\n`);
  return undefined;
}
