import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpack } from "../../actions/artifact/archive.ts";
import { databaseFile, digestOf } from "../../actions/databases/sqlite/backup.ts";
import { inStore } from "../../release/store.ts";
import type { Witness } from "../../actions/action.ts";
import type { Stamp } from "../../actions/fence.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { readLease } from "../../runtime/lease.ts";
import { readLedger, verify } from "../../runtime/ledger.ts";
import { readMark } from "../../runtime/store.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { counted, paint, say } from "../say.ts";
import { stampsOf } from "../store.ts";

/** One thing that was looked at; `wrong` is empty when it is as it should be. */
export interface Finding {
  readonly what: string;
  readonly wrong: readonly string[];
}

/** Checks the evidence of an environment, offline. Exit code 1 when any of it is missing or was changed. */
export async function verifyEvidence(_: string | undefined, options: CommonOptions): Promise<number> {
  const { settings } = openStack(options);
  const findings = await lookThrough(settings.store, stampsOf(settings));
  if (options.json) say(JSON.stringify(findings, undefined, 2));
  else
    for (const { what, wrong } of findings)
      say(`${wrong.length === 0 ? paint("green", "✓") : paint("red", "✗")} ${[what, ...wrong].join("\n    ")}`);
  return findings.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

/** `stamps`: what hosts and database have witnessed, by their names. */
export async function lookThrough(store: string, stamps: ReadonlyMap<string, Stamp> = new Map()): Promise<Finding[]> {
  const ledger = inStore.ledger(store);
  const wrong = [...strangers(store, stamps), ...verify(ledger, witnesses(store, stamps))];
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
  const mark = readMark(store);
  return [...stamps]
    .filter(([, stamp]) => stamp.store !== mark?.id)
    .map(
      ([who, stamp]) =>
        `${who} was released to from the store ${stamp.store}, this one is ${mark === undefined ? "empty: is it mounted?" : `${mark.id}: another one`}`,
    );
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
