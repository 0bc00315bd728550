/** The certificate of a release, by what its gate has seen. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { certify } from "../../../actions/rollout/certify.ts";
import { inStore } from "../../../release/store.ts";
import { act, temporaryFolder } from "../../support/context.ts";

const needs = { GATE: { decision: "go" as const }, ARTIFACT: { digest: "a".repeat(64), commit: "c".repeat(40) } };

function gateSaid(decision: string): string {
  const store = temporaryFolder();
  const folder = join(inStore.evidence(store, "2-b"), "files/certification-gate");
  mkdirSync(folder, { recursive: true });
  const waiver = { reason: "no storage", by: "Mira Okafor" };
  const checks = [
    { name: "twice", verdict: "pass", seen: "nothing | to do", blocks: false },
    { name: "upload", verdict: "fail", seen: "507", blocks: false, waiver },
  ];
  const record = { release: "v2", rollout: "2-b", at: "2026-01-02T03:04:05.000Z", decision, checks };
  writeFileSync(join(folder, "gate.json"), JSON.stringify(record));
  return store;
}

test("it names the release, the order, and every answer, with what was waived", async () => {
  const args = { environment: "staging", workOrder: "WO-17", gate: "certification-gate" };
  const { result, kept } = await act(certify, args, { needs, store: gateSaid("go"), release: "v2", rollout: "2-b" });
  const text = String(kept["certificate.md"]);
  expect(text).toBe(`# Certificate: v2 on staging

- **Work order:** WO-17
- **Commit:** ${"c".repeat(40)}
- **Artifact:** sha256 ${"a".repeat(64)}
- **Rollout:** 2-b
- **Ledger:** entry 0, sha256 ${""}
- **Certified:** 2026-01-02T03:04:05.000Z, by the gate certification-gate

| check | answer | seen |
|---|---|---|
| twice | pass | nothing \\| to do |
| upload | fail, waived by Mira Okafor: no storage | 507 |
`);
  expect(result).toEqual({
    ...{ certificate: "files/certificate.md", sha256: createHash("sha256").update(text).digest("hex") },
  });
});

test("without a gate that said go there is none", async () => {
  const args = { environment: "staging", gate: "certification-gate" };
  const given = { needs, release: "v2", rollout: "2-b" };
  const words = "the gate certification-gate has left no record that it said go";
  await expect(act(certify, args, { ...given, store: gateSaid("no") })).rejects.toThrow(words);
  await expect(act(certify, args, { ...given, store: temporaryFolder() })).rejects.toThrow(words);
});
