// Reports lie beside the logs they point at.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Refusal } from "../../actions/action.ts";
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

test.each<[string, string, string]>([
  ["cut off", '{"plan": {"fr', "it is not JSON"],
  ["nothing", "null", "it is no object"],
  ["of something else", '{"plan": {"from": "v1"}}', "plan.commits is no list"],
])("one that is damaged (%s) is named, and removed it is made without what was reviewed", (_, text, wrong) => {
  const path = join(inStore.evidence(store, "1-a"), "report.json");
  writeReport("staging", store, "1-a", plan);
  writeFileSync(path, text);
  expect(() => writeReport("staging", store, "1-a", undefined)).toThrow(
    new Refusal(
      `${path}: is damaged: ${wrong}. Restore it from a copy of the store, or remove it: what was reviewed is then missing in the report`,
    ),
  );
  rmSync(path);
  expect(writeReport("staging", store, "1-a", undefined)?.report.plan).toBeUndefined();
});
