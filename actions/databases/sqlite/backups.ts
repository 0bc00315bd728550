import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { KnownBackup } from "../../../release/plan.ts";
import { inStore } from "../../../release/store.ts";
import { Refusal } from "../../action.ts";
import { type BackupManifest, isUnfinished, manifestFile } from "./backup.ts";
import { readBackup } from "./prove.ts";

/**
 * The backups of a store that were restored and compared. They describe themselves: no state is needed to find them, and
 * one whose description is damaged is in nobody's way, and proves nothing.
 */
export function provenBackups(store: string): KnownBackup[] {
  const folder = inStore.backups(store);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((id) => !isUnfinished(id) && existsSync(join(inStore.backup(store, id), manifestFile)))
    .flatMap((id) => readable(store, id) ?? [])
    .filter((backup) => backup.provenAt !== undefined)
    .map(({ id, schema, takenAt }) => ({ id, schema, takenAt }));
}

function readable(store: string, id: string): BackupManifest | undefined {
  try {
    return readBackup(store, id);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
