import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpack } from "../../actions/artifact/archive.ts";
import { databaseFile, digestOf } from "../../actions/databases/sqlite/backup.ts";
import { inStore } from "../../release/store.ts";
import { Refusal, type Witness } from "../../actions/action.ts";
import type { Stamp } from "../../actions/fence.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { readLease } from "../../runtime/lease.ts";
import { readLedger, verify } from "../../runtime/ledger.ts";
import { readMark } from "../../runtime/store.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { Problem } from "../problem.ts";
import { counted, note, paint, say } from "../say.ts";
import type { Stack } from "../stack.ts";
import type { State } from "../state.ts";
import { stampsOf, whyAnotherStoreOf } from "../store.ts";

/** One thing that was looked at; `wrong` is empty when it is as it should be. */
export interface Finding {
  readonly what: string;
  readonly wrong: readonly string[];
  /** It could not be looked at: `wrong` says why. */
  readonly unknown?: true;
}

/**
 * Checks the evidence of an environment, offline. Exit code 1 when any of it is missing or was changed, and when the store
 * is not there: then nothing is known.
 */
export async function verifyEvidence(_: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const { settings } = stack;
  const stamps = stampsOf(settings);
  const found = await lookThrough(settings.store, stamps);
  const why = whyAnotherStoreOf(stack, await stateIfReadable(stack));
  // What was found in another store is no answer. What was found in this one is, an earlier copy of it or not.
  const findings = why === undefined ? found : [unknownStore(settings.store, stamps, why)];
  if (options.json) say(JSON.stringify(findings, undefined, 2));
  else for (const finding of findings) say(inWords(finding));
  return findings.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

/** The evidence is there to be checked where the state's backend is out of reach, or the state damaged, too. */
async function stateIfReadable(stack: Stack): Promise<State | undefined> {
  try {
    return await stack.state();
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Refusal)) throw error;
    note(`whether this is the store of the last rollout is not known, the state cannot be read: ${error.message}`);
    return undefined;
  }
}

function inWords({ what, wrong, unknown }: Finding): string {
  const sign = unknown ? paint("red", "?") : wrong.length === 0 ? paint("green", "✓") : paint("red", "✗");
  return `${sign} ${[unknown ? `${what}: unknown` : what, ...wrong].join("\n    ")}`;
}

const unknownStore = (store: string, stamps: ReadonlyMap<string, Stamp>, why: string): Finding => ({
  what: `evidence in ${store}`,
  wrong: [why, ...strangers(store, stamps)],
  unknown: true,
});

/** `stamps`: what hosts and database have witnessed, by their names. */
export async function lookThrough(store: string, stamps: ReadonlyMap<string, Stamp> = new Map()): Promise<Finding[]> {
  const ledger = inStore.ledger(store);
  // A store from before stores had a name has a ledger all the same.
  if (readMark(store) === undefined && !existsSync(ledger))
    return [unknownStore(store, stamps, "there is no store.json: it is not mounted, or nothing was released yet")];
  const wrong = [...nameLost(store), ...strangers(store, stamps), ...verify(ledger, witnesses(store, stamps))];
  // Entries of a broken chain prove nothing: what they name is not looked for.
  if (wrong.length > 0) return [{ what: `ledger ${ledger}`, wrong }];
  const entries = readLedger(ledger);
  const rollouts = rolloutsOf(entries);
  const findings: Finding[] = [
    { what: `ledger: ${counted(entries.length, "entry", "entries")}, each follows the one before`, wrong },
  ];
  const artifacts = new Map(
    rollouts.flatMap(({ artifact, release }) => (artifact === undefined ? [] : [[artifact, release] as const])),
  );
  for (const [digest, release] of artifacts) findings.push(await lookAtArtifact(store, digest, release));
  for (const { backup } of rollouts) if (backup) findings.push(await lookAtBackup(store, backup));
  return findings;
}

/** Who was released to from another store than this one: its mount is gone, or another store is in its place. */
function strangers(store: string, stamps: ReadonlyMap<string, Stamp>): string[] {
  const id = readMark(store)?.id;
  const unnamed = existsSync(inStore.ledger(store))
    ? "has no store.json: is it the right one?"
    : "is empty: is it mounted?";
  const found = id === undefined ? unnamed : `is ${id}: another one`;
  return [...stamps]
    .filter(([, stamp]) => stamp.store !== id)
    .map(([who, stamp]) => `${who} was released to from the store ${stamp.store}, this one ${found}`);
}

/** A lease that names its store was written when that had a name: it is not from before stores had one. */
function nameLost(store: string): string[] {
  const former = readMark(store) === undefined ? readLease(store)?.store : undefined;
  return former === undefined
    ? []
    : [`the lease is of the store ${former}, this one has no store.json: it was removed`];
}

function witnesses(store: string, stamps: ReadonlyMap<string, Stamp>): Witness[] {
  const lease = readLease(store);
  const id = readMark(store)?.id;
  return [
    ...(lease && (lease.store ?? id) === id ? [{ who: "the lease", ...lease.ledger }] : []),
    ...[...stamps].flatMap(([who, stamp]) => (stamp.store === id ? [{ who, ...stamp.ledger }] : [])),
  ];
}

async function lookAtArtifact(store: string, digest: string, release: string): Promise<Finding> {
  const what = `artifact ${digest.slice(0, 12)} of ${release}`;
  if (!existsSync(inStore.artifact(store, digest))) return { what, wrong: ["is not in the store"] };
  const folder = mkdtempSync(join(tmpdir(), "switchback-verify-"));
  try {
    await unpack(store, { digest, commit: "" }, folder);
    return { what, wrong: [] };
  } catch (error) {
    return { what, wrong: [error instanceof Error ? error.message : String(error)] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lookAtBackup(
  store: string,
  { id, digest, proven }: { id: string; digest: string; proven: boolean },
): Promise<Finding> {
  const what = `backup ${id}${proven ? ", proven" : ", never proven"}`;
  const file = join(inStore.backup(store, id), databaseFile);
  if (!existsSync(file)) return { what, wrong: ["is not in the store"] };
  const found = await digestOf(file);
  return { what, wrong: found === digest ? [] : [`was changed: its digest is ${found}, the ledger says ${digest}`] };
}
