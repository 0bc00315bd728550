/** What a watch has come to: four answers, in words. */
import { expect, test } from "vitest";
import type { Observed } from "../../../actions/watch/observe.ts";
import { describeBefore, describeProgress, verdictOn } from "../../../actions/watch/words.ts";
import { type Before, type Count, judge, usualErrors } from "../../../release/error-rate.ts";

const standard = { worseBy: 3, acceptable: 0.001, ...usualErrors };
const judged = (count: Count, before: Before = { rate: 0.001 }) => judge(count, before, standard);
const fine = judged({ requests: 5000, errors: 0 });
const few = judged({ requests: 50, errors: 0 });
const none = judged({ requests: 0, errors: 0 });
const observed: Observed = {
  ...{ judgement: fine, seconds: 1800, of: 1800, problem: undefined, readings: 180, unread: 0 },
  ...{ ended: "period", cursor: {} },
};

test.each<[Partial<Observed>, string, string]>([
  [{}, "pass", "not worse: none of 5,000 requests failed, 0.1 % before (99.9 % sure)"],
  [
    { judgement: few },
    "warn",
    "no clear answer: none of 50 requests failed, 0.1 % before; too few to be sure, 1,000 without an error would do",
  ],
  [
    { judgement: judged({ requests: 50, errors: 25 }), ended: "bad" },
    "fail",
    "clearly worse: 50 % of 50 requests failed, 0.1 % before (99.9 % sure)",
  ],
  [{ judgement: none }, "unknown", "nothing was asked, so nobody can tell"],
  [{ judgement: none, problem: "refused" }, "unknown", "could not be read: refused"],
  [
    { unread: 100 },
    "unknown",
    "could not be read 100 of 180 times; not worse: none of 5,000 requests failed, 0.1 % before (99.9 % sure)",
  ],
  [
    { unread: 1, problem: "refused" },
    "unknown",
    "could not be read 1 of 180 times, at the end neither (refused); not worse: none of 5,000 requests failed, 0.1 % before (99.9 % sure)",
  ],
  [{ unread: 2 }, "pass", "not worse: none of 5,000 requests failed, 0.1 % before (99.9 % sure)"],
  [
    { ended: "stopped", stopped: "rollout 3-c of v1 was opened" },
    "unknown",
    "rollout 3-c of v1 was opened; until then none of 5,000 requests failed",
  ],
])("%j", (differing, verdict, seen) => {
  expect(verdictOn({ ...observed, ...differing })).toEqual({ verdict, seen });
});

test("how it goes", () => {
  expect(describeProgress({ ...observed, seconds: 65 })).toBe("1:05 of 30:00: none of 5,000 requests failed");
  expect(describeProgress({ judgement: none, seconds: 0, of: 90, problem: "refused" })).toBe(
    "0:00 of 1:30: nothing was asked; cannot be read now: refused",
  );
});

test("what is known of the time before, and from where", () => {
  expect(describeBefore({ beforeFrom: "nobody knows" })).toBe("rate of errors before: nobody knows it yet");
  expect(describeBefore({ before: { rate: 0.02 }, beforeFrom: "as given" })).toBe(
    "rate of errors before: 2 %, as given",
  );
  expect(describeBefore({ before: { requests: 4000, errors: 8 }, beforeFrom: "counted before the switch" })).toBe(
    "rate of errors before: 0.2 % of 4,000 requests, counted before the switch",
  );
});
