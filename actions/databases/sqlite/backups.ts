import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { KnownBackup } from "../../../release/plan.ts";
import { inStore } from "../../../release/store.ts";
import { manifestFile } from "./backup.ts";
import { readBackup } from "./prove.ts";

/** The backups of a store that were restored and compared. They describe themselves: no state is needed to find them. */
export function provenBackups(store: string): KnownBackup[] {
  const folder = inStore.backups(store);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((id) => !id.endsWith(".part") && existsSync(join(inStore.backup(store, id), manifestFile)))
    .map((id) => readBackup(store, id))
    .filter((backup) => backup.provenAt !== undefined)
    .map(({ id, schema, takenAt }) => ({ id, schema, takenAt }));
}
