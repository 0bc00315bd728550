/** The names in a store: changing one orphans what is there already. */
import { expect, test } from "vitest";
import { inStore } from "../../release/store.ts";

test("everything of an environment has its place", () => {
  expect({
    ledger: inStore.ledger("s"),
    lease: inStore.lease("s"),
    attempt: inStore.attempt("s"),
    settled: inStore.settled("s"),
    step: inStore.step("s", "parcel-build"),
    build: inStore.build("s", "key"),
    artifact: inStore.artifact("s", "digest"),
    backups: inStore.backups("s"),
    backup: inStore.backup("s", "2-abc-v1"),
    evidence: inStore.evidence("s", "2-abc"),
  }).toEqual({
    ledger: "s/ledger.jsonl",
    lease: "s/lease.json",
    attempt: "s/attempt.json",
    settled: "s/settled.json",
    step: "s/steps/parcel-build.json",
    build: "s/builds/key.json",
    artifact: "s/artifacts/digest.tar.gz",
    backups: "s/backups",
    backup: "s/backups/2-abc-v1",
    evidence: "s/evidence/2-abc",
  });
});
