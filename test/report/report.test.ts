// A report holds everything that is known of a rollout, and claims nothing else.
import { expect, test } from "vitest";
import type { Plan } from "../../release/plan.ts";
import type { Entry } from "../../runtime/ledger.ts";
import { makeReport, type Report } from "../../report/report.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { cutOff, downtime, good, plan, stopped, takenBack } from "./entries.ts";

function reportOf(entries: readonly Entry[], given?: Plan): Report | undefined {
  const rollouts = rolloutsOf(entries);
  const rollout = rollouts.at(-1);
  const logOf = (step: string): string | undefined => (step === "parcel-build" ? "parcel-build.log" : undefined);
  if (!rollout) return undefined;
  return makeReport({
    environment: "staging",
    rollout,
    earlier: rollouts.slice(0, -1),
    plan: given,
    logOf,
    gates: [],
  });
}

test("a good release", () => {
  const report = reportOf([...good("1-a", "v1"), ...good("2-b", "v2")], plan);
  expect({ ...report, steps: report?.steps.slice(1, 3) }).toEqual({
    environment: "staging",
    release: "v2",
    rollout: "2-b",
    result: "good",
    serving: "v2",
    why: "",
    began: "2026-01-02T03:02:00.000Z",
    ended: "2026-01-02T03:02:09.000Z",
    by: ["deploy@web"],
    commit: "c".repeat(40),
    artifact: "d".repeat(64),
    plan: {
      from: "v1",
      commits: ["abc one"],
      before: "nothing",
      after: "nothing",
      wayBack: "code of v1; the schema stays",
    },
    backup: { id: "2-b-backup", digest: "b", schema: "0001", proven: true },
    downtime,
    signOff: { by: "policy" },
    gates: [],
    steps: [
      {
        step: "parcel-preflight-tag",
        began: "2026-01-02T03:02:01.000Z",
        seconds: 1.5,
        outcome: "done",
        verdict: "pass",
        seen: "is annotated",
      },
      {
        step: "parcel-build",
        began: "2026-01-02T03:02:02.000Z",
        seconds: 1.5,
        outcome: "done",
        log: "parcel-build.log",
      },
    ],
  });
});

test("one that was taken back says why, and what serves", () => {
  const report = reportOf([...good("1-a", "v1"), ...takenBack("2-b", "v2", "v1")]);
  expect(report).toMatchObject({ result: "taken back", serving: "v1", why: "answered 500\n  a log line" });
  expect(report?.steps.at(-1)).toMatchObject({
    outcome: "failed",
    seen: "v2 was taken back: v1 serves.\nNext: mend it",
  });
});

test.each([
  { entries: stopped("2-b", "v2"), why: "is not let through" },
  { entries: cutOff("2-b", "v2"), why: "" },
])("one that came to no decision leaves what served before: $why", ({ entries, why }) => {
  expect(reportOf([...good("1-a", "v1"), ...entries])).toMatchObject({ serving: "v1", why });
  expect(reportOf(entries)).toMatchObject({ serving: "none", why });
});

test("before a first release nobody was served: there is no downtime to tell", () => {
  expect(reportOf(good("1-a", "v1"), { ...plan, from: "none" })).not.toHaveProperty("downtime");
});
