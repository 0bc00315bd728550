import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Context, defineAction, Refusal } from "../../action.ts";
import { failuresOf } from "../../fence.ts";
import { type Artifact, unpack } from "../../artifact/archive.ts";
import { removeUnfinished, writeNew } from "../../files.ts";
import { enterHost, folderOf, type Host, hostSchema, isInPlace, type Manifest, manifestName } from "./host.ts";

export interface Prepared {
  /** Name of the release's folder on every host. */
  readonly folder: string;
  readonly release: string;
  readonly commit: string;
}

interface Args {
  readonly hosts: readonly (Host & { readonly variables: Readonly<Record<string, string>> })[];
  readonly variables: Readonly<Record<string, string>>;
  readonly paths: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly install: readonly string[];
}

/**
 * Brings a release's files to every host without touching what serves: artifact, configuration, installation.
 * Killed: leaves a half-filled hidden folder, which is never used and goes with the next one.
 */
export const prepareOnServers = defineAction<Args, { ARTIFACT: Artifact }, Prepared>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      hosts: z.array(hostSchema(z).extend({ variables: z.record(z.string(), z.string()) })).min(1),
      /** The application's configuration, written to `.env` in the release's folder. */
      variables: z.record(z.string(), z.string()),
      /** Of these the value is a path from the project's folder; the application gets it absolute. */
      paths: z.record(z.string(), z.string()),
      /** Variable to the name of the secret that fills it. */
      secrets: z.record(z.string(), z.string()),
      /** Command run in the new folder, as words; empty for none. */
      install: z.array(z.string()),
    }),
  run: async (args, context) => {
    const { ARTIFACT: artifact } = context.needs;
    // All come to their end, also when one has failed: what is left running would be cut off.
    const results = await Promise.allSettled(args.hosts.map((host) => prepareHost(host, args, artifact, context)));
    const wrong = failuresOf(results, (index) => `${args.hosts[index]?.name ?? ""}: `);
    if (wrong.length > 0) throw new Refusal(wrong.join("\n"));
    const folder = idOf(context.release, artifact, args, context);
    return { folder, release: context.release, commit: artifact.commit };
  },
});

async function prepareHost(
  host: Args["hosts"][number],
  args: Args,
  artifact: Artifact,
  context: Context,
): Promise<void> {
  const settings = settingsOf(host, args, context);
  const id = idOf(context.release, artifact, args, context);
  const folder = folderOf(host, id);
  mkdirSync(join(host.directory, "releases"), { recursive: true });
  enterHost(host, context);
  removeUnfinished(join(host.directory, "releases"), (name) => name.startsWith("."));
  if (isInPlace(host, id)) return;
  const temporary = mkdtempSync(join(resolve(host.directory), "releases", `.${id}.`));
  try {
    await unpack(context.store, artifact, temporary);
    writeNew(join(temporary, ".env"), settings, 0o600);
    if (args.install.length > 0) await context.exec(args.install, { cwd: temporary });
    const manifest: Manifest = { release: context.release, commit: artifact.commit, artifact: artifact.digest };
    writeNew(join(temporary, manifestName), `${JSON.stringify(manifest)}\n`);
    enterHost(host, context);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  context.log(`${host.name}: ${id} is in place`);
}

/** A release is its artifact and its configuration: another of either gets a folder of its own, so that one can go back. */
function idOf(release: string, artifact: Artifact, args: Args, context: Context): string {
  const all = args.hosts.map((host) => settingsOf(host, args, context)).join("\0");
  return `${release}-${artifact.digest.slice(0, 8)}-${createHash("sha256").update(all).digest("hex").slice(0, 8)}`;
}

function settingsOf(host: Args["hosts"][number], args: Args, context: Context): string {
  const settings = new Map([
    ["RELEASE", context.release],
    ...Object.entries(args.variables),
    ...Object.entries(args.paths).map(([variable, path]) => [variable, resolve(path)] as const),
    ...Object.entries(host.variables),
    ...Object.entries(args.secrets).map(([variable, name]) => [variable, context.secret(name)] as const),
  ]);
  return [...settings].map(([name, value]) => `${name}=${quote(name, value)}\n`).join("");
}

/**
 * Readers of dotenv files know no escapes: a value stands in quotes of a kind that it does not hold. But for one: a
 * backslash and an n between double quotes is a new line.
 */
function quote(name: string, value: string): string {
  const mark = ["'", '"', "`"].find((one) => !value.includes(one) && !(one === '"' && value.includes("\\n")));
  if (mark === undefined)
    throw new Refusal(`${name}: holds all three kinds of quotes, which a .env file cannot express`);
  return mark + value + mark;
}
