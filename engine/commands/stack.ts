import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fullName, openBackend } from "../backend.ts";
import { checkIntegrity, cliVersion, formatCheckpoint, given, newDeployment, rootResource } from "../checkpoint.ts";
import { answer, print, table, type Commands, type Flags } from "../command-line.ts";
import { hasSecure, shownConfig, StackFile } from "../configuration.ts";
import { locked, userName } from "../lock.ts";
import { asText, isSecret, mapSecrets, mask, plain, sealedSecret, some, type PropertyMap } from "../property-value.ts";
import { Secrets } from "../secrets.ts";
import { nameOf } from "../urn.ts";
import { refuse, UserError } from "../user-error.ts";
import { findProject, openProject, openSession, parseStackName, selectedStack, selectStack } from "../workspace.ts";
import type { Deployment, UntypedDeployment } from "../checkpoint.ts";

/** Whole seconds, as the CLI prints them. */
const time = (unixSeconds: number): string => new Date(unixSeconds * 1000).toISOString();

export const commands: Commands = {
  version,
  "--version": version,
  whoami: (flags) => answer(flags, { user: userName(), url: openBackend(findProject()).url }, userName()),

  /** Which one is selected and what is in it. */
  stack(flags) {
    const { name, state } = openSession(flags);
    const rows = (state.deployment.resources ?? []).map(({ type, urn }) => [type, nameOf(urn)]);
    const resources = `Current stack resources (${rows.length}):\n${table([["TYPE", "NAME"], ...rows])}`;
    print(flags["show-name"] ? name.stack : `Current stack is ${name.stack}:\n${resources}`);
  },

  "stack init": init,

  async "stack select"(flags, [stack = flags.stack]) {
    if (stack === undefined) throw new UserError("no stack selected; specify a stack name with --stack", 6);
    const { project, backend } = openProject();
    const name = parseStackName(stack, project.name);
    if (flags.create && !backend.exists(name)) return init(flags, [stack]);
    openSession(flags, stack);
    selectStack(project, backend, name);
  },

  "stack ls"(flags) {
    const { project, backend } = openProject();
    const selected = selectedStack(project, backend)?.stack;
    const stacks = backend.list(project.name).map((name) => {
      const { resources = [], manifest } = backend.read(name)?.deployment ?? {};
      const lastUpdate = given({ lastUpdate: manifest?.time });
      return { name: name.stack, current: name.stack === selected, ...lastUpdate, resourceCount: resources.length };
    });
    answer(flags, stacks, stacks.map(({ name, current }) => (current ? `${name}*` : name)).join("\n"));
  },

  async "stack rm"(flags, [stack = flags.stack]) {
    const session = openSession(flags, stack);
    const { project, backend, name, file } = session;
    if (!flags.yes) throw new UserError("non-interactive mode requires --yes flag");
    await locked(session, () => {
      if (session.state.deployment.resources?.length && !flags.force) {
        const remedy = "run `pulumi destroy` first, or `pulumi stack rm --force`";
        throw new UserError(`'${name.stack}' still has resources; removal rejected: ${remedy}`);
      }
      backend.remove(name);
    });
    if (!flags["preserve-config"]) rmSync(file.path, { force: true });
    if (selectedStack(project, backend)?.stack === name.stack) selectStack(project, backend, undefined);
    print(`Stack '${name.stack}' has been removed!`);
  },

  async "stack rename"(flags, [next = ""]) {
    const session = openSession(flags);
    const { project, backend, name, file } = session;
    const renamed = parseStackName(next, project.name);
    if (backend.exists(renamed)) throw new UserError(`stack '${fullName(renamed)}' already exists`);
    await locked(session, async () => {
      const urns = (stack: string): string => `urn:pulumi:${stack}::`;
      const deployment = JSON.stringify(session.state.deployment).replaceAll(urns(name.stack), urns(renamed.stack));
      await backend.write(renamed, formatCheckpoint(fullName(renamed), JSON.parse(deployment) as Deployment));
      const history = backend.path("history", name.project, name.stack);
      if (existsSync(history)) renameSync(history, backend.path("history", renamed.project, renamed.stack));
      backend.remove(name);
    });
    if (existsSync(file.path)) renameSync(file.path, new StackFile(project, renamed.stack).path);
    if (selectedStack(project, backend)?.stack === name.stack) selectStack(project, backend, renamed);
    print(`Renamed ${name.stack} to ${renamed.stack}`);
  },

  /** The stack's outputs, or one of them. */
  async "stack output"(flags, [wanted]) {
    const { state, secrets } = openSession(flags);
    const sealed = rootResource(state.deployment)?.outputs ?? {};
    if (flags["show-secrets"] && some(sealed, isSecret)) await secrets.unlock();
    const outputs = flags["show-secrets"] ? plain(secrets.open(sealed, "")) : mapSecrets(sealed, () => mask);
    const shown = wanted === undefined ? outputs : outputs[wanted];
    if (shown === undefined) throw new UserError(`current stack does not have output property '${wanted ?? ""}'`);
    const rows = Object.entries(outputs).map(([key, value]) => [key, asText(value)]);
    const all = `Current stack outputs (${rows.length}):\n${table([["OUTPUT", "VALUE"], ...rows])}`;
    answer(flags, shown, wanted === undefined ? all : asText(shown));
  },

  /** Newest first. */
  async "stack history"(flags) {
    const { backend, name, secrets } = openSession(flags);
    const [size, page] = [Number(flags["page-size"] ?? 10), Number(flags.page ?? 1)];
    const updates = backend.history(name).slice((page - 1) * size, page * size);
    const shown = flags["show-secrets"] ?? false;
    if (shown && updates.some(({ config }) => hasSecure(config))) await secrets.unlock();
    const entries = updates.map(({ startTime, endTime, config, ...update }) => {
      const settings = shownConfig(config, shown ? secrets : undefined);
      return { ...update, startTime: time(startTime), endTime: time(endTime), config: settings };
    });
    const lines = entries.map(({ kind, result, startTime, message }) => `${startTime} ${kind} ${result} ${message}`);
    answer(flags, entries, lines.join("\n") || "Stack has never been updated");
  },

  async "stack export"(flags) {
    const { state, secrets } = openSession(flags);
    const map = state as unknown as PropertyMap;
    const opens = flags["show-secrets"] && some(map, isSecret);
    if (opens) await secrets.unlock();
    const open = ({ ciphertext }: PropertyMap): PropertyMap =>
      sealedSecret(secrets.decrypt(asText(ciphertext)), "plaintext");
    const json = JSON.stringify(opens ? mapSecrets(map, open) : state, null, 4);
    if (flags.file === undefined) print(json);
    else writeFileSync(flags.file, `${json}\n`);
  },

  async "stack import"(flags) {
    const session = openSession(flags);
    const { backend, name } = session;
    const json = flags.file === undefined ? await text(process.stdin) : readFileSync(flags.file, "utf8");
    const { version, deployment } = parseExport(json, flags.file ?? "standard input");
    if (version === 4) throw refuse("importing a state of version 4");
    if (version > 4)
      throw new UserError(`the stack '${name.stack}' is newer than what the Pulumi CLI ${cliVersion} understands`);
    const foreign = deployment.resources?.find(({ urn }) => !urn.startsWith(`urn:pulumi:${name.stack}::`));
    if (foreign && !flags.force) {
      const difference = `(${foreign.urn.split(":")[2] ?? ""} != ${name.stack}); rerun with --force`;
      throw new UserError(`resource '${foreign.urn}' is from a different stack ${difference}`);
    }
    checkIntegrity(deployment);
    for (const { type, resource } of deployment.pending_operations ?? []) {
      process.stderr.write(`warning: removing pending operation '${type}' on '${resource.urn}' from snapshot\n`);
    }
    delete deployment.pending_operations;
    const secrets = new Secrets(deployment.secrets_providers?.state?.salt ?? session.secrets.salt);
    deployment.secrets_providers = newDeployment(secrets.salt).secrets_providers;
    const map = deployment as unknown as PropertyMap;
    if (some(map, isSecret)) await secrets.unlock();
    const sealed = mapSecrets(map, ({ plaintext }) =>
      typeof plaintext === "string" ? sealedSecret(secrets.encrypt(plaintext)) : undefined,
    );
    const checkpoint = formatCheckpoint(fullName(name), sealed as unknown as Deployment);
    await locked(session, () => backend.write(name, checkpoint));
    print("Import complete.");
  },
};

function parseExport(json: string, from: string): UntypedDeployment {
  const wrong = `${from}: is no state as \`pulumi stack export\` writes it`;
  try {
    const state = JSON.parse(json) as Partial<UntypedDeployment> | null;
    if (typeof state?.version === "number" && state.deployment) return state as UntypedDeployment;
  } catch (error) {
    throw new UserError(`${wrong}: ${(error as Error).message}`);
  }
  throw new UserError(wrong);
}

/** The version of the CLI whose behaviour and files the engine reproduces; callers compare it. */
function version(): void {
  print(cliVersion);
  process.stderr.write("(embedded engine)\n");
}

async function init(flags: Flags, [stack = flags.stack]: string[]): Promise<void> {
  if (stack === undefined) throw new UserError("missing stack name");
  const kind = flags["secrets-provider"] ?? "passphrase";
  if (!/^(passphrase|default)$/.test(kind)) throw refuse(`the secrets provider "${kind}"`);
  const { project, backend } = openProject();
  const name = parseStackName(stack, project.name);
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
}
