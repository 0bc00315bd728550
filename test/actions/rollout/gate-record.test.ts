/** What gates write down, and who reads it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readGate, recordGate } from "../../../actions/rollout/gate-record.ts";
import { inStore } from "../../../release/store.ts";
import { temporaryFolder } from "../../support/context.ts";

const checks = [{ name: "page", verdict: "fail", seen: "500", blocks: true }] as const;

function recorded(store: string): void {
  const path = join(inStore.evidence(store, "2-b"), "files/smoke-gate");
  const keep = (name: string, text: string | Uint8Array): string => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, name), text);
    return name;
  };
  recordGate({ keep, release: "v2", rollout: "2-b" }, "no", checks);
}

test("a decision is read as it was written, with its time", () => {
  const store = temporaryFolder();
  recorded(store);
  expect(readGate(store, "2-b", "smoke-gate")).toEqual({
    ...{ release: "v2", rollout: "2-b", decision: "no", checks },
    at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  });
  expect(readGate(store, "2-b", "preflight-gate")).toBeUndefined();
});

test("a damaged record is named", () => {
  const store = temporaryFolder();
  const path = join(inStore.evidence(store, "2-b"), "files/smoke-gate/gate.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "{");
  expect(() => readGate(store, "2-b", "smoke-gate")).toThrow(/gate\.json: is damaged: it is not JSON\. It is evidence/);
});
