import { existsSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { inStore } from "../../../release/store.ts";
import { defineAction, type Call, Refusal } from "../../action.ts";
import { revisionOf } from "../../migrations/sql-files/applied.ts";
import type { Schema } from "../../migrations/sql-files/schema.ts";
import { copyTo, databaseFile, digestOf } from "./backup.ts";
import { passFence } from "../../fence.ts";
import { fenceOf, open } from "./database.ts";
import { describeLosses, losses } from "./losses.ts";
import { type ProvenBackup, readBackup } from "./prove.ts";

interface Args {
  readonly database: string;
  /** Id of the backup to restore. Default: the one this rollout has taken. */
  readonly backup?: string | undefined;
  /** Refuses when rows would be lost: for a revert that nobody has agreed to. */
  readonly onlyWithoutLoss: boolean;
  /** What puts maintenance on; done before anything is compared, so that nobody writes any more. */
  readonly maintenance: Call;
}

/**
 * Puts a proven backup in the place of the database, as one transaction that running applications see as a whole.
 * What is lost is counted in the receipt, and the database as it was is kept in the store first.
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
    const file = join(inStore.backup(context.store, backup), databaseFile);
    if (manifest.provenAt === undefined) throw new Refusal(`backup ${backup}: was never proven, and is not restored`);
    if ((await digestOf(file)) !== manifest.digest)
      throw new Refusal(`backup ${backup}: is damaged, and is not restored`);
    const fence = (): void => {
      passFence(fenceOf(database), database, context);
    };
    fence();
    await context.call(maintenance);
    // Cut off and run again: what was replaced the first time is what counts, and what must be kept.
    const replaced = join(inStore.backup(context.store, backup), `replaced-in-${context.rollout}.sqlite`);
    const now = existsSync(replaced) ? replaced : resolve(database);
    const lost = existsSync(now) ? await lossesOfRestoring(now, file) : "no rows";
    if (onlyWithoutLoss && lost !== "no rows") {
      throw new Refusal(`restoring backup ${backup} would lose ${lost}: a person has to decide. Maintenance is on.`);
    }
    if (!existsSync(replaced) && existsSync(database)) {
      const part = inStore.backup(context.store, `replaced-in-${context.rollout}.part`);
      await copyTo(database, part);
      renameSync(part, replaced);
    }
    await copyTo(file, database, { fence });
    const restored = await open(database, { readOnly: true });
    const revision = revisionOf(restored);
    restored.close();
    context.tell(`schema ${revision}: restored backup ${backup}, taken ${manifest.takenAt}; lost: ${lost}`);
    return { revision, did: `restored backup ${backup}, lost ${lost}` };
  },
});

/** In words, `no rows` for none. */
export async function lossesOfRestoring(database: string, backupFile: string): Promise<string> {
  const now = await open(database, { readOnly: true });
  const then = await open(backupFile, { readOnly: true });
  try {
    return describeLosses(losses(now, then));
  } finally {
    now.close();
    then.close();
  }
}
