/** The plan of a rollout as a table of cases, and every refusal word for word. */
import { expect, test } from "vitest";
import type { Migration, WayBack } from "../../release/migrations.ts";
import { type Plan, planRollout, type Situation, type Source } from "../../release/plan.ts";
import type { RolloutRecord } from "../../release/record.ts";

const migration = (revision: string, change: Migration["change"], wayBack: WayBack): Migration => ({
  ...{ revision, name: `m${revision}`, change, wayBack },
  digest: `d${revision}`,
});
const first = migration("0001", "expand", "reversible");
const grow = migration("0002", "expand", "reversible");
const shrink = migration("0003", "contract", "reversible");
const cut = migration("0003", "contract", "restore");

const source = (release: string, ...migrations: Migration[]): Source => ({
  ...{ release, migrations },
  commit: `commit of ${release}`,
});
const v1 = source("v1", first);
const v2 = source("v2", first, grow);
const v3 = source("v3", first, grow, shrink);

function situation(candidate: Source, serving?: Source, differing: Partial<Situation> = {}): Situation {
  const relation = serving === undefined ? "first" : candidate.release > serving.release ? "newer" : "older";
  return {
    ...{ candidate, serving, commits: ["abc Do it"], record: undefined, backups: [] },
    relation: candidate.release === serving?.release ? "same" : relation,
    wish: { configuration: "c" },
    ...differing,
  };
}
const back = (from: string, more = {}): Partial<Situation> => ({
  wish: { configuration: "c", rollbackFrom: from, ...more },
});

function planned(given: Situation): Plan {
  const result = planRollout(given);
  if ("refusal" in result) throw new Error(result.refusal);
  return result.plan;
}
const refused = (given: Situation): string => {
  const result = planRollout(given);
  return "refusal" in result ? result.refusal : "planned";
};
const up = (...migrations: Migration[]) => ({ kind: "up" as const, migrations });
const record = (plan: Plan, differing: Partial<RolloutRecord> = {}): RolloutRecord => ({
  ...{ rollout: "2-b", after: "none", asked: plan.release, configuration: "c", serving: plan.release },
  ...{ ended: "good", left: {}, plan },
  ...differing,
});

test("a first release applies everything before it starts, and has nothing to go back to", () => {
  expect(planned(situation(v3, undefined, { commits: [] }))).toEqual({
    ...{ release: "v3", commit: "commit of v3", from: "none", direction: "first", commits: [] },
    ...{ before: up(first, grow, shrink), after: up(), wayBack: "nothing", undo: { before: [], after: [] } },
    ...{ again: "none", restore: "none", rollbackFrom: "none" },
  });
});

test("a newer release expands before the switch and contracts after it; its way back is the mirror", () => {
  expect(planned(situation(v3, v1))).toEqual({
    ...{ release: "v3", commit: "commit of v3", from: "v1", direction: "forward", commits: ["abc Do it"] },
    ...{ before: up(grow), after: up(shrink), wayBack: "reversible", undo: { before: ["0003"], after: ["0002"] } },
    ...{ again: "none", restore: "none", rollbackFrom: "none" },
  });
});

test("going back takes contracting migrations back before the switch and expanding ones after it", () => {
  expect(planned(situation(v1, v3, back("v3")))).toEqual({
    ...{ release: "v1", commit: "commit of v1", from: "v3", direction: "back", commits: ["abc Do it"] },
    ...{ before: { kind: "down", revisions: ["0003"] }, after: { kind: "down", revisions: ["0002"] } },
    ...{ wayBack: "compatible", undo: { before: [], after: [] } },
    ...{ again: "none", restore: "none", rollbackFrom: "v3" },
  });
});

test("what old code runs on is kept when going back", () => {
  const kept = source("v2", first, migration("0002", "expand", "compatible"));
  expect(planned(situation(v1, kept, back("v2")))).toMatchObject({ before: up(), after: up() });
});

test("a restore takes the newest backup of the schema, once the wish names it", () => {
  const backups = [
    { id: "2-a-v2", schema: "0002", takenAt: "2026-01-01" },
    { id: "3-b-v2", schema: "0002", takenAt: "2026-02-01" },
    { id: "4-c-v3", schema: "0003", takenAt: "2026-03-01" },
  ];
  const from = source("v3", first, grow, cut);
  const plan = planned(situation(v2, from, { backups, ...back("v3", { restore: "3-b-v2" }) }));
  expect(plan).toMatchObject({ before: { kind: "restore", backup: "3-b-v2" }, after: up(), restore: "3-b-v2" });
});

test("the same release with another configuration is planned again, with the schema as it is", () => {
  const before = record(planned(situation(v2, v1)));
  const plan = planned(situation(v2, v2, { record: before, wish: { configuration: "other" } }));
  expect(plan).toMatchObject({ from: "v2", direction: "again", before: up(), after: up(), wayBack: "compatible" });
});

test("a repetition is planned as it was; after a bad end, or when asked for again, it is another", () => {
  const once = planned(situation(v2, v1));
  expect(planned(situation(v2, v2, { record: record(once) }))).toBe(once);
  expect(planned(situation(v2, v2, { record: record(once, { ended: "stays" }) }))).toBe(once);
  expect(planned(situation(v2, v1, { record: record(once, { ended: "bad" }) }))).toEqual(once);
  const wish = { configuration: "c", again: "2-b" };
  expect(planned(situation(v2, v2, { record: record(once), wish }))).toMatchObject({
    direction: "again",
    again: "2-b",
  });
  expect(planned(situation(v2, v2, { record: record(once, { rollout: "3-c" }), wish }))).toBe(once);
});

test("after a rollout that was opened and never ended, the same once more is not taken for a repetition", () => {
  const last = record(planned(situation(v2, v1)));
  const plan = planned(situation(v2, v2, { record: last, interrupted: true }));
  expect(plan).toMatchObject({ direction: "again", from: "v2", before: up(), after: up() });
});

test("what a killed rollout has applied is taken back by the release that still serves", () => {
  const left = { unfinished: { rollout: "3-c", source: v3 }, applied: ["0001", "0002"] };
  const given = situation(v1, v1, { ...left, record: record(planned(situation(v1))) });
  expect(planned(given)).toMatchObject({
    ...{ direction: "again", from: "v1" },
    ...{ before: up(), after: { kind: "down", revisions: ["0002"] } },
  });
});

test("a release left by a rollback is released when the wish says again", () => {
  const left = { left: { v2: "3-c" }, rollout: "3-c", asked: "v1", serving: "v1" };
  const wish = { configuration: "c", again: "3-c" };
  expect(planned(situation(v2, v1, { record: record(planned(situation(v1)), left), wish })).again).toBe("3-c");
});

test("what a killed rollback has taken back is applied anew by the release that is said to serve, and by a newer one", () => {
  const cut = { interrupted: true, applied: ["0001"] };
  for (const candidate of [v2, { ...v2, release: "v2.1" }]) {
    expect(planned(situation(candidate, v2, cut)).before).toMatchObject({ migrations: [{ revision: "0002" }] });
    expect(planned(situation(candidate, v2, { ...cut, applied: ["0001", "0002"] })).before).toEqual(up());
  }
});

const left = {
  unfinished: { rollout: "3-c", source: source("v2", first, grow) },
  applied: ["0001", "0002"],
};
const side = source("v3", first, migration("0004", "expand", "reversible"));
test.each<[string, string, Situation]>([
  [
    "a release apart from what serves",
    "v3 does not contain v2, which serves, and is not contained in it: what v2 brought would be lost unnoticed. Release a commit that contains it, or go back first: switchback rollback",
    situation(v3, v2, { relation: "apart" }),
  ],
  [
    "an older one that nobody asked to go back to",
    "v1 is older than v2, which serves. To go back on purpose: switchback rollback v1, or pulumi config set switchback:rollbackFrom v2",
    situation(v1, v2),
  ],
  [
    "going back from what does not serve",
    "switchback:rollbackFrom is v3, but v2 serves. To go back from it: pulumi config set switchback:rollbackFrom v2; to forget it: pulumi config rm switchback:rollbackFrom",
    situation(v1, v2, back("v3")),
  ],
  [
    "going back to something newer",
    "v3 is newer than v2: this is no rollback. Run: pulumi config rm switchback:rollbackFrom",
    situation(v3, v2, back("v2")),
  ],
  [
    "a release that a rollback left",
    "v2 was left by rollback 3-c. To release it again all the same: switchback up --release v2 --again, or pulumi config set switchback:again 3-c",
    situation(v2, v1, {
      record: record(planned(situation(v1)), { left: { v2: "3-c" }, rollout: "3-c" }),
    }),
  ],
  [
    "an expanding migration behind a contracting one",
    "v3 needs migration 0004 before it starts, and 0003 (contract), which comes first, would break v2, which serves. Release the version that brings 0003 first: switchback up --release RELEASE",
    situation(source("v3", first, grow, shrink, migration("0004", "expand", "none")), v2),
  ],
  [
    "the same the other way round",
    "going back to v1 at once would take back 0003 (contract) while 0004 (expand), some of which came later, is in use. Go back one release after the other: switchback rollback",
    situation(v1, source("v4", first, shrink, migration("0004", "expand", "reversible")), back("v4")),
  ],
  [
    "what cannot be undone",
    "going back to v1 would undo migration 0003, 0002, which cannot be undone. Remedy it by hand, and write an incident note; or release what mends it: switchback up --release RELEASE",
    situation(v1, source("v3", first, grow, migration("0003", "contract", "none")), back("v3")),
  ],
  [
    "a restore without a backup",
    "going back to v2 needs a proven backup of schema 0002, and the store has none. Release what mends it instead: switchback up --release RELEASE",
    situation(v2, source("v3", first, grow, cut), back("v3")),
  ],
  [
    "a restore that nobody agreed to",
    "going back to v2 restores backup 3-b-v2, taken 2026-02-01: what was written since is lost. To agree: switchback rollback v2, or pulumi config set switchback:restore 3-b-v2",
    situation(v2, source("v3", first, grow, cut), {
      backups: [{ id: "3-b-v2", schema: "0002", takenAt: "2026-02-01" }],
      ...back("v3", { restore: "2-a-v2" }),
    }),
  ],
  [
    "a newer release that lost a migration",
    "v3 has lost migration 0002, which v2 brought: a release keeps all that came before it. Put its files back, commit, and tag that: git tag --annotate",
    situation(side, v2),
  ],
  [
    "another release than the one that was cut off with its migrations applied",
    "v3 needs migration 0004 applied and 0002 taken back, which no rollout does at once. Go back to what was there first: switchback up --release v1",
    situation(side, v1, left),
  ],
  [
    "the same where nothing serves yet",
    "v3 needs migration 0004 applied and 0002 taken back, which no rollout does at once. Go back to what was there first: switchback up --release v2",
    situation(side, undefined, left),
  ],
  [
    "an older one that has a migration which was dropped since",
    "v1 needs migration 0004 applied and 0002 taken back, which no rollout does at once. Go back to a release in between first: switchback rollback",
    situation(source("v1", first, migration("0004", "expand", "reversible")), v2, back("v2")),
  ],
])("refuses %s", (_, refusal, given) => {
  expect(refused(given)).toBe(refusal);
});
