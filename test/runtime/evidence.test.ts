/** Evidence of a rollout is read as it was put there; what is not there is not there. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { evidenceOf } from "../../runtime/evidence.ts";
import { temporaryFolder } from "../support/context.ts";

test("a piece of evidence lies in its rollout's folder, and is replaced as a whole", () => {
  const store = temporaryFolder();
  const evidence = evidenceOf(store, "2-b");
  const read = (): unknown => evidence.read("report.json", { release: "string" }, "Remove it");
  expect([evidence.has("report.json"), read()]).toEqual([false, undefined]);
  evidence.write("report.json", '{"release":"v1"}');
  evidence.write("report.json", '{"release":"v2"}');
  expect([evidence.has("report.json"), read()]).toEqual([true, { release: "v2" }]);
  expect(evidence.path("report.json")).toBe(join(store, "evidence", "2-b", "report.json"));
  expect(evidenceOf(store, "3-c").has("report.json")).toBe(false);
  evidence.write("report.json", "{}");
  expect(read).toThrow(`${evidence.path("report.json")}: is damaged: release is no string. Remove it`);
});
