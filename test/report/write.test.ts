// Reports lie beside the logs they point at.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inStore } from "../../release/store.ts";
import { writeReport } from "../../report/write.ts";
import { appendAll, good, plan } from "./entries.ts";

let store: string;

beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), "switchback-store-"));
  appendAll(inStore.ledger(store), good("1-a", "v1"));
});

afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

test("as a page and as data, with links to the logs that there are", () => {
  const folder = inStore.evidence(store, "1-a");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "parcel-build.log"), "built\n");
  const written = writeReport("staging", store, "1-a", undefined);
  expect(written?.path).toBe(join(folder, "report.md"));
  expect(readFileSync(join(folder, "report.md"), "utf8")).toContain(
    "| parcel-build | 1.50 | done |  | [log](parcel-build.log) |",
  );
  expect(JSON.parse(readFileSync(join(folder, "report.json"), "utf8"))).toEqual(written?.report);
});

test("what was reviewed is kept when it is written again later, when the state knows another rollout", () => {
  const first = writeReport("staging", store, "1-a", plan);
  expect(first?.report.plan?.commits).toEqual(["abc one"]);
  expect(writeReport("staging", store, "1-a", undefined)?.report).toEqual(first?.report);
});

test("not for a rollout that the ledger does not know", () => {
  expect(writeReport("staging", store, "9-z", undefined)).toBeUndefined();
});
