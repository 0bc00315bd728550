/** The decisions of a rollout, as its steps wrote them down. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { gatesOf } from "../../runtime/gates.ts";
import { temporaryFolder } from "../support/context.ts";

function decided(store: string, step: string, at: string): void {
  const folder = join(inStore.evidence(store, "2-b"), "files", step);
  mkdirSync(folder, { recursive: true });
  const record = { release: "v2", rollout: "2-b", at, decision: "go", checks: [] };
  writeFileSync(join(folder, "gate.json"), JSON.stringify(record));
}

test("gates come in the order of their decisions; one that repeats a decision stands for it", () => {
  const store = temporaryFolder();
  expect(gatesOf(store, "2-b")).toEqual([]);
  decided(store, "smoke-gate", "2026-01-02T03:00:03.000Z");
  decided(store, "smoke-decision", "2026-01-02T03:00:02.000Z");
  decided(store, "preflight-gate", "2026-01-02T03:00:01.000Z");
  mkdirSync(join(inStore.evidence(store, "2-b"), "files/smoke-page"), { recursive: true });
  expect(gatesOf(store, "2-b").map(({ step }) => step)).toEqual(["preflight-gate", "smoke-gate"]);
});

test("a decision whose gate was never reached is shown itself", () => {
  const store = temporaryFolder();
  decided(store, "smoke-decision", "2026-01-02T03:00:02.000Z");
  expect(gatesOf(store, "2-b").map(({ step }) => step)).toEqual(["smoke-decision"]);
});
