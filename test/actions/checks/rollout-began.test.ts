/** When a rollout was opened, as the ledger of its store says. */
import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rolloutBegan } from "../../../actions/checks/rollout-began.ts";
import { inStore } from "../../../release/store.ts";
import { append } from "../../../runtime/ledger.ts";
import { temporaryFolder } from "../../support/context.ts";

test("the first entry of a rollout says when it began, whatever was appended since", () => {
  const store = temporaryFolder();
  const step = (rollout: string, began: string): void => {
    append(inStore.ledger(store), {
      ...{ kind: "step", rollout, release: "v1", step: "open", action: "actions/rollout/open", fencing: 1 },
      ...{ began, seconds: 1, by: "here", receipt: { rollout: "3-c" } },
    });
  };
  step("1-a", "2026-01-01T00:00:00.000Z");
  step("2-b", "2026-01-02T00:00:00.000Z");
  step("2-b", "2026-01-03T00:00:00.000Z");
  expect(rolloutBegan(store, "2-b")).toBe(Date.parse("2026-01-02T00:00:00.000Z"));
  expect(rolloutBegan(store, "3-c")).toBe(undefined);
  expect(rolloutBegan(store, "")).toBe(undefined);
});

test("without a ledger, and in a damaged one, nothing is known", () => {
  const store = temporaryFolder();
  expect(rolloutBegan(store, "1-a")).toBe(undefined);
  mkdirSync(store, { recursive: true });
  writeFileSync(inStore.ledger(store), '{"rollout":"1-a"\n{"rollout":"1-a","began":"soon"}\nnull 1-a\n');
  expect(rolloutBegan(store, "1-a")).toBe(undefined);
});
