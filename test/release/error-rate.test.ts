/** Proves what a judgement about error rates promises: rarely wrong, soon right, and honest when little was seen. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Before, type Count, describeJudgement, judge, percent, usualErrors } from "../../release/error-rate.ts";

const standard = { worseBy: 3, acceptable: 0.001, ...usualErrors };

/** Numbers from 0 to 1, the same in every run (Mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function happen(requests: number, rate: number, random: () => number): Count {
  let errors = 0;
  for (let request = 0; request < requests; request++) if (random() < rate) errors++;
  return { requests, errors };
}

/** Watches `readings` times `each` requests; the first decision of this kind, and after how many requests. */
function watch(before: Before, rate: number, random: () => number, { readings = 60, each = 50 } = {}) {
  const seen = { requests: 0, errors: 0 };
  for (let reading = 0; reading < readings; reading++) {
    const more = happen(each, rate, random);
    seen.requests += more.requests;
    seen.errors += more.errors;
    if (judge(seen, before, standard).decision === "bad") return { decision: "bad", after: seen.requests };
  }
  return { decision: judge(seen, before, standard).decision, after: seen.requests };
}

test.each([
  { rate: 0.0005, before: 400 },
  { rate: 0.002, before: 1000 },
  { rate: 0.02, before: 150 },
  { rate: 0.02, before: 5000 },
  { rate: 0.3, before: 40 },
])("a release that is no worse ($rate, $before requests before) is called bad less often than promised", (given) => {
  const random = seeded(7);
  const runs = 400;
  const alarms = Array.from(
    { length: runs },
    () => watch(happen(given.before, given.rate, random), given.rate, random).decision,
  ).filter((decision) => decision === "bad").length;
  expect(alarms / runs).toBeLessThanOrEqual(standard.falseAlarm);
});

test("the promise holds where the rate is vouched for, looked at after every single request", () => {
  const random = seeded(11);
  const runs = 300;
  const alarms = Array.from(
    { length: runs },
    () => watch({ rate: 0.05 }, 0.05, random, { readings: 1000, each: 1 }).decision,
  ).filter((decision) => decision === "bad").length;
  expect(alarms / runs).toBeLessThanOrEqual(standard.falseAlarm);
});

test("a release that is three times worse is called fine less often than promised", () => {
  const random = seeded(13);
  const runs = 300;
  const missed = Array.from(
    { length: runs },
    () => watch(happen(5000, 0.01, random), 0.03, random, { readings: 20 }).decision,
  ).filter((decision) => decision === "fine").length;
  expect(missed / runs).toBeLessThanOrEqual(standard.missed);
});

test.each([
  { rate: 1, before: { requests: 2000, errors: 4 }, within: 50 },
  { rate: 0.05, before: { requests: 2000, errors: 4 }, within: 1000 },
  { rate: 1, before: { requests: 5, errors: 0 }, within: 50 },
  { rate: 1, before: undefined, within: 50 },
])("a rate of $rate after $before is found within $within requests", ({ rate, before, within }) => {
  for (let seed = 1; seed <= 50; seed++) {
    const { decision, after } = watch(before, rate, seeded(seed));
    expect(decision).toBe("bad");
    expect(after).toBeLessThanOrEqual(within);
  }
});

test("a release as good as the one before is mostly called fine, given traffic", () => {
  const random = seeded(17);
  const fine = Array.from(
    { length: 100 },
    () => watch(happen(20_000, 0.002, random), 0.002, random, { readings: 100, each: 100 }).decision,
  ).filter((decision) => decision === "fine").length;
  expect(fine).toBeGreaterThan(90);
});

const count = fc
  .record({ requests: fc.nat(1_000_000), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ requests, share }) => ({ requests, errors: Math.floor(requests * share) }));
const before = fc.oneof(
  fc.constant(undefined),
  count,
  fc.nat(999).map((thousandths) => ({ rate: thousandths / 1000 })),
);

test("whatever was counted, the answer is whole: no more than 100 % sure, and not sure of what is undecided", () => {
  fc.assert(
    fc.property(count, before, (after, was) => {
      const { decision, sure, needed, rate } = judge(after, was, standard);
      expect(sure).toBeGreaterThanOrEqual(decision === "undecided" ? 0 : decision === "bad" ? 99 : 95);
      expect(sure).toBeLessThanOrEqual(decision === "undecided" ? 0 : 100);
      expect(needed).toBeGreaterThan(0);
      expect(rate).toBe(after.requests === 0 ? undefined : after.errors / after.requests);
    }),
  );
});

test("nothing that was asked decides nothing, and a rate below what is acceptable is never bad", () => {
  fc.assert(
    fc.property(before, count, (was, { requests, errors }) => {
      expect(judge({ requests: 0, errors: 0 }, was, standard).decision).toBe("undecided");
      const few = { requests, errors: Math.min(errors, Math.floor(requests * standard.acceptable)) };
      expect(judge(few, was, standard).decision).not.toBe("bad");
    }),
  );
});

test("more errors never make a bad release fine", () => {
  const rank = { fine: 0, undecided: 1, bad: 2 };
  fc.assert(
    fc.property(count, before, fc.nat(1000), ({ requests, errors }, was, more) => {
      const worse = { requests, errors: Math.min(requests, errors + more) };
      expect(rank[judge(worse, was, standard).decision]).toBeGreaterThanOrEqual(
        rank[judge({ requests, errors }, was, standard).decision],
      );
    }),
  );
});

test("the fewer requests before, the less is concluded from the same", () => {
  const after = { requests: 1000, errors: 20 };
  const judged = [10_000, 1000, 20].map((requests) => judge(after, { requests, errors: 0 }, standard).decision);
  expect(judged).toEqual(["bad", "bad", "undecided"]);
});

test.each<[Count, Before, string]>([
  [
    { requests: 1240, errors: 51 },
    { requests: 20_000, errors: 40 },
    "clearly worse: 4.1 % of 1,240 requests failed, 0.2 % of 20,000 before (99.5 % sure)",
  ],
  [
    { requests: 5000, errors: 0 },
    { rate: 0.001 },
    "not worse: none of 5,000 requests failed, 0.1 % before (99.9 % sure)",
  ],
  [{ requests: 0, errors: 0 }, { rate: 0.001 }, "nothing was asked, so nobody can tell"],
  [
    { requests: 98, errors: 1 },
    undefined,
    "no clear answer: 1 % of 98 requests failed, the rate before is not known; too few to be sure, 1,000 without an error would do",
  ],
  [
    { requests: 4000, errors: 9 },
    { requests: 20, errors: 0 },
    "no clear answer: 0.2 % of 4,000 requests failed, none of 20 before",
  ],
  [{ requests: 5000, errors: 9 }, { rate: 0.001 }, "no clear answer: 0.2 % of 5,000 requests failed, 0.1 % before"],
])("%j after %j: %s", (after, was, words) => {
  expect(describeJudgement(judge(after, was, standard))).toBe(words);
});

test.each([
  [0, "0 %"],
  [0.0002, "0.02 %"],
  [0.00999, "1 %"],
  [0.041129, "4.1 %"],
  [1, "100 %"],
])("%d is %s", (rate, words) => {
  expect(percent(rate)).toBe(words);
});
