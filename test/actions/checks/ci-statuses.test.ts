/** What a list of statuses says of a commit. How the lists are read is shown in ci.test.ts. */
import { expect, test } from "vitest";
import { judge, type Status } from "../../../actions/checks/ci-statuses.ts";
import { commit } from "../../support/forge.ts";

const of = (kind: Status["kind"], name = kind as string): Status => ({ name, kind, state: "state" });

test.each<[readonly Status[], readonly string[], string]>([
  [[], [], "unknown"],
  [[of("good")], [], "pass"],
  [[of("good"), of("not run")], [], "pass"],
  [[of("not run")], [], "unknown"],
  [[of("good"), of("pending")], [], "unknown"],
  [[of("good"), of("pending"), of("bad")], [], "fail"],
  [[of("good", "a")], ["a"], "pass"],
  [[of("good", "a")], ["b"], "unknown"],
  [[of("good", "a"), of("not run", "b")], ["b"], "unknown"],
  [[of("good", "a"), of("not run", "a")], ["a"], "pass"],
  [[of("bad", "a")], ["b"], "fail"],
])("%j with %j required: %s", (statuses, required, verdict) => {
  expect(judge(statuses, required, commit).verdict).toBe(verdict);
});

test("a long name is required as a whole, and shown short", () => {
  const name = "x".repeat(100);
  expect(judge([of("good", name)], [name], commit)).toEqual({
    verdict: "pass",
    seen: `0123456: ${"x".repeat(56)} ...`,
  });
});
