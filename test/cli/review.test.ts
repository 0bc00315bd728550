// What a reviewer reads before a rollout, and what the stack's history calls it.
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { describeReview, messageFor, type Review, Reviewer } from "../../cli/review.ts";
import { begins, opens, pipeline, says } from "./events.ts";

const plan = {
  release: "v1.0.0 → v1.1.0",
  commits: ["abc one", "def two"],
  schemaBefore: "apply 0002",
  schemaAfter: "nothing",
  wayBack: "code of v1.0.0",
  rollbackFrom: "none",
};

function reviewOf(...events: Parameters<Reviewer["see"]>[0][]): Review {
  const reviewer = new Reviewer();
  for (const event of events) reviewer.see(event);
  return reviewer.review;
}

const usual = [
  pipeline,
  begins("environment", { type: "switchback:index:Environment", inputs: { address: "http://127.0.0.1:1" } }),
  begins("parcel-rollout", { type: "switchback:index:Rollout", inputs: plan }),
  begins("parcel-activation", { type: "switchback:index:Activation", inputs: { hosts: ["a", "b"] } }),
  opens("update", 12),
  begins("parcel-build"),
  begins("parcel-smoke-login", { op: "same" }),
];

test("a review is read from the events of a preview", () => {
  expect(reviewOf(...usual, says("preflight would let it through\n  ✓ tag  pass  fine"))).toEqual({
    ...plan,
    hosts: ["a", "b"],
    address: "http://127.0.0.1:1",
    number: 13,
    opens: true,
    steps: ["rollout open", "build"],
    preflight: "would let it through\n  ✓ tag  pass  fine",
    blocked: false,
    warnings: [],
    refusals: [],
  });
});

test("it is shown as a page", () => {
  const lines = describeReview(
    reviewOf(...usual, says("would be blocked\n  ✗ ci  fail  red", { severity: "warning" })),
    "staging",
  );
  expect(lines.map(stripVTControlCharacters)).toEqual([
    "staging: rollout #13",
    "  release    v1.0.0 → v1.1.0",
    "  commits    abc one",
    "             def two",
    "  schema     before the switch: apply 0002",
    "             after the switch: nothing",
    "  way back   code of v1.0.0",
    "  hosts      a, b, http://127.0.0.1:1",
    "  preflight  would be blocked",
    "               ✗ ci  fail  red",
    "  steps      2: rollout open, build",
  ]);
});

test("what a rollback loses stands with the plan", () => {
  const lines = describeReview(reviewOf(...usual), "staging", [["loses", "1 row of orders"]]).map(
    stripVTControlCharacters,
  );
  expect(lines.slice(6, 9)).toEqual([
    "  way back  code of v1.0.0",
    "  loses     1 row of orders",
    "  hosts     a, b, http://127.0.0.1:1",
  ]);
});

test("a rollout that is not opened anew goes on", () => {
  const { number, opens: isNew } = reviewOf(pipeline, opens("same", 12), begins("parcel-build"));
  expect({ number, isNew }).toEqual({ number: 12, isNew: false });
});

test("the first one has the number 1", () => {
  expect(reviewOf(pipeline, opens("create", undefined)).number).toBe(1);
});

test("warnings and refusals are kept apart, each once", () => {
  const review = reviewOf(
    says("a plugin is old", { severity: "warning" }),
    says("a plugin is old", { severity: "warning" }),
    says("v1 is older than v2", { severity: "error" }),
    says("preview failed", { severity: "error" }),
    says("noise", { severity: "debug" }),
  );
  expect(review).toMatchObject({ warnings: ["a plugin is old"], refusals: ["v1 is older than v2"], blocked: false });
});

test.each([
  [{}, "v1.1.0 #13, 2 commits"],
  [{ commits: ["abc one"] }, "v1.1.0 #13, 1 commit"],
  [{ commits: [] }, "v1.1.0 #13"],
  [{ rollbackFrom: "v1.2.0" }, "v1.1.0 #13, back from v1.2.0"],
])("with %j the history says %s", (given, message) => {
  expect(messageFor("v1.1.0", { ...reviewOf(...usual), ...given })).toBe(message);
});
