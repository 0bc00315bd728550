import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inStore } from "../../../release/store.ts";
import { defineAction, type Call, Refusal } from "../../action.ts";
import { revisionOf } from "../../migrations/sql-files/applied.ts";
import type { Schema } from "../../migrations/sql-files/schema.ts";
import { copyTo, digestOf } from "./backup.ts";
import { passFence } from "../../fence.ts";
import { writeAtomic } from "../../files.ts";
import { Overtaken, watchCommits } from "./commits.ts";
import { fenceOf, isSame, open, structureOf } from "./database.ts";
import { type ProvenBackup, readBackup } from "./prove.ts";
import { backedUp, keep, lossesOfRestoring, replacedIn, type Restore } from "./replaced.ts";

interface Args {
  readonly database: string;
  /** Id of the backup to restore. Default: the one this rollout has taken. */
  readonly backup?: string | undefined;
  /** Refuses when rows would be lost: for a revert that nobody has agreed to. */
  readonly onlyWithoutLoss: boolean;
  /** What puts maintenance on; done before anything is compared, so that nobody writes any more. */
  readonly maintenance: Call;
}

/** How often others may write between the copy that is kept and its replacement, under maintenance. */
const attempts = 5;

/**
 * Puts a proven backup in the place of the database, as one transaction that running applications see as a whole.
 * What is lost is counted in the receipt, and the database as it was is kept in the store first. Done once in a rollout:
 * what is written afterwards stays when the step is run again.
 * Killed: the database is as it was, or restored; run again, what others wrote in between is kept and counted, too.
 */
export const sqliteRestore = defineAction<Args, { BACKUP?: ProvenBackup }, Schema>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      database: z.string().min(1),
      backup: z.string().min(1).optional(),
      onlyWithoutLoss: z.boolean(),
      maintenance: z.strictObject({ action: z.string(), args: z.unknown() }),
    }),
  survives: true,
  timeoutSeconds: 1800,
  run: async ({ database, backup: wanted, onlyWithoutLoss, maintenance }, context) => {
    const backup = wanted ?? context.needs.BACKUP?.id ?? "none";
    const manifest = readBackup(context.store, backup);
    const restore: Restore = { store: context.store, backup, rollout: context.rollout, database };
    const file = backedUp(restore);
    if (manifest.provenAt === undefined) throw new Refusal(`backup ${backup}: was never proven, and is not restored`);
    if ((await digestOf(file)) !== manifest.digest)
      throw new Refusal(`backup ${backup}: is damaged, and is not restored`);
    const fence = (): void => {
      passFence(fenceOf(database), database, context);
    };
    fence();
    await context.call(maintenance);
    const agree = (lost: string): void => {
      if (onlyWithoutLoss && lost !== "no rows") {
        throw new Refusal(`restoring backup ${backup} would lose ${lost}: a person has to decide. Maintenance is on.`);
      }
    };
    const done = join(inStore.backup(context.store, backup), `restored-in-${context.rollout}`);
    const isDone = existsSync(done) && (await hasStructure(database, file));
    const lost = isDone
      ? await lossesOfRestoring(replacedIn(restore), file)
      : await replace(restore, { agree, fence, tell: context.tell });
    const restored = await open(database, { readOnly: true });
    const revision = revisionOf(restored);
    restored.close();
    context.tell(`schema ${revision}: restored backup ${backup}, taken ${manifest.takenAt}; lost: ${lost}`);
    writeAtomic(done, "");
    return { revision, did: `restored backup ${backup}, lost ${lost}` };
  },
});

interface Replacing {
  /** May refuse what would be lost. */
  readonly agree: (lost: string) => void;
  readonly fence: () => void;
  readonly tell: (line: string) => void;
}

/** Replaces exactly what was kept: when somebody has written meanwhile it is kept anew. Returns what is lost, in words. */
async function replace(restore: Restore, { agree, fence, tell }: Replacing): Promise<string> {
  const { database } = restore;
  const file = backedUp(restore);
  for (let attempt = 1; existsSync(database); attempt++) {
    const watch = await watchCommits(database);
    let made: string | undefined;
    try {
      // Cut off right behind the copy, or nothing was written since the backup.
      if (await isSame(database, file)) return await lossesOfRestoring(replacedIn(restore), file);
      const kept = await keep(restore, agree);
      made = kept.made;
      tell(`the database as it was is kept in ${replacedIn(restore).join(", ")}; restoring loses ${kept.lost}`);
      const unchanged = (): void => {
        fence();
        watch.expectNone();
      };
      await copyTo(file, database, { fence: unchanged, locked: watch.expectNone });
      return kept.lost;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      if (made !== undefined) rmSync(made);
      if (attempt < attempts) continue;
      const where = `${database}: others go on writing to it under maintenance, and what they write would be lost`;
      throw new Refusal(`${where}. It was not restored. Stop them, then run the same command again`);
    } finally {
      watch.end();
    }
  }
  await copyTo(file, database, { fence });
  return lossesOfRestoring(replacedIn(restore), file);
}

async function hasStructure(database: string, file: string): Promise<boolean> {
  if (!existsSync(database)) return false;
  const [now, wanted] = [await open(database, { readOnly: true }), await open(file, { readOnly: true })];
  try {
    return structureOf(now) === structureOf(wanted);
  } finally {
    now.close();
    wanted.close();
  }
}
