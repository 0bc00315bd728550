/** Evidence of a rollout is read as it was put there; what is not there is not there. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { evidenceOf } from "../../runtime/evidence.ts";
import { temporaryFolder } from "../support/context.ts";

test("a piece of evidence lies in its rollout's folder, and is replaced as a whole", () => {
  const store = temporaryFolder();
  const evidence = evidenceOf(store, "2-b");
  expect([evidence.has("report.md"), evidence.read("report.md")]).toEqual([false, undefined]);
  evidence.write("report.md", "one");
  evidence.write("report.md", "two");
  expect([evidence.has("report.md"), evidence.read("report.md")]).toEqual([true, "two"]);
  expect(evidence.path("report.md")).toBe(join(store, "evidence", "2-b", "report.md"));
  expect(evidenceOf(store, "3-c").has("report.md")).toBe(false);
});
