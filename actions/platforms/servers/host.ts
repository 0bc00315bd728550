import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Context, Refusal, type Zod } from "../../action.ts";
import { reason } from "../../check.ts";
import { passFence } from "../../fence.ts";
import { readJson } from "../../json-file.ts";

/** One machine on which releases live: `releases/ID`, and `current` pointing at the one that serves. */
export interface Host {
  readonly name: string;
  /** Folder on the host, from the project's folder. */
  readonly directory: string;
  /** Where this host's own application answers, without the load balancer. */
  readonly address: string;
}

/** How one sees that a release serves. */
export interface Evidence {
  /** Path that answers 200 when the application is well. */
  readonly health: string;
  /** Path that answers JSON with `release` and `commit`. */
  readonly version: string;
  /** Times to ask, before giving up. */
  readonly attempts: number;
  /** Good answers in a row that are wanted. */
  readonly steady: number;
  /** Between two of them, in seconds. */
  readonly intervalSeconds: number;
}

export const hostSchema = (z: Zod) =>
  z.strictObject({ name: z.string().min(1), directory: z.string().min(1), address: z.url() });

export const evidenceSchema = (z: Zod) =>
  z.strictObject({
    health: z.string().startsWith("/"),
    version: z.string().startsWith("/"),
    attempts: z.int().min(1),
    steady: z.int().min(1),
    intervalSeconds: z.number().min(0),
  });

/** What is known of a release's folder; written when it is complete. */
export interface Manifest {
  readonly release: string;
  readonly commit: string;
  readonly artifact: string;
}

export const manifestName = ".switchback.json";

export const manifestShape = { release: "string", commit: "string", artifact: "string" } as const;

export const folderOf = (host: Host, id: string): string => resolve(host.directory, "releases", id);

/** Errors: the release is not on the host, something else stands in its place, or what it says of itself is damaged. */
export function readManifest(host: Host, id: string): Manifest {
  const remedy = "Remove that folder, unless it serves, and prepare it anew: switchback up --again";
  const manifest = isInPlace(host, id)
    ? (readJson(join(folderOf(host, id), manifestName), manifestShape, remedy) as Manifest | undefined)
    : undefined;
  if (manifest) return manifest;
  throw new Refusal(
    `${host.name}: ${join("releases", id)} is not there. Was the host lost since it was prepared, or its disk? When it is back: switchback up`,
  );
}

/** Whether a release is on a host, complete. Errors: a link leads to somewhere else, which is not ours to serve. */
export function isInPlace(host: Host, id: string): boolean {
  const folder = folderOf(host, id);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Refusal(
      `${host.name}: ${join("releases", id)} is a link to ${readlinkSync(folder)}, which no rollout has made. Find out who has, and remove it`,
    );
  return existsSync(join(folder, manifestName));
}

/**
 * The id of the release folder that `current` points at; undefined before the first release. Errors: it points at
 * something else.
 */
export function currentOf(host: Host): string | undefined {
  let target: string;
  try {
    target = readlinkSync(join(host.directory, "current"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code !== "EINVAL") throw error;
    throw new Refusal(`${host.name}: current is no link to a release: ${join(host.directory, "current")}`);
  }
  const id = basename(target);
  if (resolve(host.directory, target) === folderOf(host, id)) return id;
  throw new Refusal(`${host.name}: current points at ${target}, which is no release of this host`);
}

/** Where a host remembers who has acted there. */
export const fenceOf = (host: Host): string => join(host.directory, "fence");

const stagedName = /^current\.(\d+)\.next$/;

/** Lets a rollout act on a host. Errors: `Fenced` when one that came later has acted there; the host is not there. */
export function enterHost(host: Host, context: Context): void {
  // Where a mount is gone nothing is made in its place.
  if (!existsSync(join(host.directory, "releases")))
    throw new Refusal(
      `${host.name}: ${host.directory} holds no releases. Is the host up, its disk mounted? When it is back: switchback up`,
    );
  passFence(fenceOf(host), host.name, context);
  for (const name of readdirSync(host.directory)) {
    const staged = Number(stagedName.exec(name)?.[1] ?? Infinity);
    if (staged < context.fencing.number) rmSync(join(host.directory, name), { force: true });
  }
}

/**
 * Points `current` at a release folder, by one rename: nobody ever sees it missing. Errors: `Fenced`. Who sleeps between
 * the last look and the rename cannot switch either: who came meanwhile has taken away what would be renamed.
 */
export function point(host: Host, id: string, context: Context): void {
  const next = join(host.directory, `current.${context.fencing.number}.next`);
  rmSync(next, { force: true });
  symlinkSync(join("releases", id), next);
  try {
    enterHost(host, context);
    renameSync(next, join(host.directory, "current"));
  } catch (error) {
    rmSync(next, { force: true });
    enterHost(host, context);
    throw error;
  }
}

/** An application that takes longer is taken for stuck; the step must have time left to go back. */
const reloadSeconds = 120;

/** Makes the application load what `current` points at. Errors: its command's. */
export async function reload(host: Host, argv: readonly string[], context: Context): Promise<void> {
  await context.exec(argv, { cwd: resolve(host.directory), timeoutSeconds: reloadSeconds });
}

/** Errors, saying what was seen: the host is not well, or another release answers. */
export async function verify(
  host: Host,
  want: { release: string; commit: string },
  how: Evidence,
  context: Context,
): Promise<void> {
  let seen: string | undefined;
  // One good answer proves little: a release may fall over a moment after its start.
  for (let attempt = 1, good = 0; attempt <= how.attempts; attempt++) {
    if (attempt > 1) await pause(how.intervalSeconds * 1000, undefined, { signal: context.signal });
    seen = await wrongWith(host, want, how, context.signal);
    context.log(`${host.name}: attempt ${attempt} of ${how.attempts}: ${seen ?? "well"}`);
    good = seen === undefined ? good + 1 : 0;
    if (good === how.steady) return;
  }
  throw new Refusal(`${host.name}: ${seen ?? "not steadily well"} (asked ${how.attempts} times)`);
}

/**
 * Whether a host is known to have loaded a folder, and is well: it need not be told again. What an application answers holds
 * its release and commit only: where another folder has the same, as with another configuration, it cannot be known.
 */
export async function servesFrom(host: Host, id: string, how: Evidence, context: Context): Promise<boolean> {
  if (currentOf(host) !== id) return false;
  const { release, commit } = readManifest(host, id);
  const others = readdirSync(join(host.directory, "releases")).filter((name) => name !== id && !name.startsWith("."));
  try {
    if (others.map((name) => readManifest(host, name)).some((one) => one.release === release && one.commit === commit))
      return false;
    await verify(host, { release, commit }, { ...how, attempts: how.steady }, context);
    return true;
  } catch {
    return false;
  }
}

async function wrongWith(
  host: Host,
  want: { release: string; commit: string },
  how: Evidence,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const health = await ask(host.address + how.health, signal);
    if (health.status !== 200) return `${how.health} answered ${health.status}`;
    const version = await ask(host.address + how.version, signal);
    if (version.status !== 200) return `${how.version} answered ${version.status}`;
    const { release, commit } = (JSON.parse(version.text) ?? {}) as { release?: unknown; commit?: unknown };
    return release === want.release && commit === want.commit
      ? undefined
      : `${String(release)} (${String(commit).slice(0, 7)}) answers`;
  } catch (error) {
    return `no answer: ${reason(error)}`;
  }
}

async function ask(url: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(5000)]);
  const response = await fetch(url, { signal: limit, redirect: "manual", headers: { connection: "close" } });
  return { status: response.status, text: await response.text() };
}
