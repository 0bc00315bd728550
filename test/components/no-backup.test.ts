/** The one way round a backup. */
import { expect, test } from "vitest";
import { withoutBackup } from "../../components/no-backup.ts";
import { keep, register } from "../support/mocks.ts";

test("a waiver says why, and proves that there is none", async () => {
  const values: Record<string, unknown> = {};
  const seen = await register({}, () => {
    keep(values, "proof", withoutBackup("rebuilt", "the database is rebuilt nightly").value);
  });
  expect(seen).toEqual([
    { type: "switchback:index:BackupWaiver", name: "rebuilt", inputs: { reason: "the database is rebuilt nightly" } },
  ]);
  expect(values.proof).toEqual({ id: "none", digest: "", schema: "0000", proven: true });
});

test("one without a reason is refused", async () => {
  await register({}, () => {
    expect(() => withoutBackup("rebuilt", " ")).toThrow("rebuilt: a pipeline without a backup says why");
  });
});
