/** The proven backups of a store, found by what they say of themselves. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteBackup } from "../../../../actions/databases/sqlite/backup.ts";
import { provenBackups } from "../../../../actions/databases/sqlite/backups.ts";
import { readBackup, sqliteProve } from "../../../../actions/databases/sqlite/prove.ts";
import { act, temporaryFolder } from "../../../support/context.ts";
import { makeShop } from "../../../support/database.ts";

test("a store without backups has none", () => {
  expect(provenBackups(temporaryFolder())).toEqual([]);
});

test("only backups that were proven are found, whatever else lies there", async () => {
  const store = temporaryFolder();
  const database = makeShop();
  const taken = await act(sqliteBackup, { database, serving: "v1" }, { store, rollout: "2-b" });
  await act(sqliteProve, {}, { store, needs: { BACKUP: taken.result } });
  await act(sqliteBackup, { database, serving: "v1" }, { store, rollout: "3-c" });
  mkdirSync(join(store, "backups", "4-d-v1.part"));
  mkdirSync(join(store, "backups", "lost+found"));
  writeFileSync(join(store, "backups", ".DS_Store"), "");
  const { takenAt } = readBackup(store, "2-b-v1");
  expect(provenBackups(store)).toEqual([{ id: "2-b-v1", schema: "0000", takenAt }]);
});
