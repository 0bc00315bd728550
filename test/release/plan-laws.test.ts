/** Laws that every plan keeps, over generated histories of releases. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Migration, waysBack } from "../../release/migrations.ts";
import { type Plan, planRollout, type SchemaWork, type Situation, type Source } from "../../release/plan.ts";
import type { RolloutRecord } from "../../release/record.ts";

const runs = { numRuns: 500 };
const kind = fc
  .record({ change: fc.constantFrom<Migration["change"]>("expand", "contract"), wayBack: fc.constantFrom(...waysBack) })
  .filter(({ change, wayBack }) => change === "expand" || wayBack !== "compatible");
/** Every release has all migrations of those before it, and up to three of its own. */
const history = fc.array(fc.array(kind, { maxLength: 3 }), { minLength: 2, maxLength: 5 }).map((brought) => {
  const all = brought.flat().map((one, index) => {
    const revision = String(index + 1).padStart(4, "0");
    return { ...one, revision, name: `m${revision}`, digest: revision };
  });
  return brought.map((_, index): Source => {
    const count = brought.slice(0, index + 1).flat().length;
    return { release: `v${index}`, commit: `c${index}`, migrations: all.slice(0, count) };
  });
});
const hexadecimal = fc.stringMatching(/^[0-9a-f]{1,2}$/);
const backups = fc.array(
  fc.record({
    id: hexadecimal,
    schema: fc.constantFrom("0000", "0001", "0002", "0003"),
    takenAt: fc.constantFrom("a", "b"),
  }),
);

const situated = (serving: Source | undefined, candidate: Source, differing: Partial<Situation> = {}): Situation => ({
  ...{ candidate, serving, commits: [], record: undefined, backups: [], wish: { configuration: "c" } },
  relation: serving === undefined ? "first" : relationOf(serving, candidate),
  ...differing,
});

function relationOf(serving: Source, candidate: Source): Situation["relation"] {
  if (serving.release === candidate.release) return "same";
  return candidate.release > serving.release ? "newer" : "older";
}

const revisions = (migrations: readonly Migration[]): string[] => migrations.map(({ revision }) => revision);

/** What is applied after some work; fails where it would be done twice or in a wrong order. */
function carryOut(applied: readonly string[], work: SchemaWork, candidate: Source): string[] {
  if (work.kind === "restore") return revisions(candidate.migrations);
  const added = work.kind === "up" ? revisions(work.migrations) : [];
  const removed = work.kind === "down" ? work.revisions : [];
  expect(added.filter((one) => applied.includes(one))).toEqual([]);
  expect(removed.filter((one) => !applied.includes(one))).toEqual([]);
  expect(added).toEqual([...new Set(added)].sort());
  expect(removed).toEqual([...new Set(removed)].sort().reverse());
  return [...applied, ...added].filter((one) => !removed.includes(one));
}

const changeOf = (source: Source | undefined, revision: string): string | undefined =>
  source?.migrations.find((one) => one.revision === revision)?.change;

function forwardPlan(serving: Source, candidate: Source): Plan | undefined {
  const result = planRollout(situated(serving, candidate));
  return "plan" in result ? result.plan : undefined;
}

const between = history.chain((sources) =>
  fc.record({
    sources: fc.constant(sources),
    serving: fc.option(fc.constantFrom(...sources), { nil: undefined }),
    candidate: fc.constantFrom(...sources),
  }),
);

test("whatever is planned, the schema ends as the release knows it, nothing is done twice, and in order", () => {
  fc.assert(
    fc.property(between, ({ serving, candidate }) => {
      const wish = { configuration: "c", ...(serving ? { rollbackFrom: serving.release } : {}) };
      const relation = serving && relationOf(serving, candidate);
      const result = planRollout(situated(serving, candidate, relation === "older" ? { wish } : {}));
      if ("refusal" in result) return;
      const { before, after } = result.plan;
      const applied = revisions(serving?.migrations ?? []);
      const ends = carryOut(carryOut(applied, before, candidate), after, candidate);
      const down = [before, after].flatMap((work) => (work.kind === "down" ? work.revisions : []));
      expect(down).toEqual([...down].sort().reverse());
      const kept = serving?.migrations.filter(({ wayBack }) => wayBack === "compatible") ?? [];
      const wanted = new Set([...revisions(candidate.migrations), ...(relation === "older" ? revisions(kept) : [])]);
      expect(ends.sort()).toEqual([...wanted].sort());
    }),
    runs,
  );
});

test("contracting migrations are never applied before the switch nor taken back after it; expanding ones the reverse", () => {
  fc.assert(
    fc.property(between, ({ serving, candidate }) => {
      if (!serving) return;
      const wish = { configuration: "c", rollbackFrom: serving.release };
      const older = relationOf(serving, candidate) === "older";
      const result = planRollout(situated(serving, candidate, older ? { wish } : {}));
      if ("refusal" in result) return;
      const { before, after } = result.plan;
      if (before.kind === "up") expect(before.migrations.filter(({ change }) => change === "contract")).toEqual([]);
      if (after.kind === "up") expect(after.migrations.filter(({ change }) => change === "expand")).toEqual([]);
      if (before.kind === "down")
        expect(before.revisions.filter((one) => changeOf(serving, one) !== "contract")).toEqual([]);
      if (after.kind === "down")
        expect(after.revisions.filter((one) => changeOf(serving, one) !== "expand")).toEqual([]);
    }),
    runs,
  );
});

test("the way back of a forward plan is its mirror, and going back on purpose does just that", () => {
  fc.assert(
    fc.property(between, ({ serving, candidate }) => {
      if (!serving || relationOf(serving, candidate) !== "newer") return;
      const plan = forwardPlan(serving, candidate);
      if (!plan) return;
      const brought = candidate.migrations.slice(serving.migrations.length);
      const undone = brought.filter(({ wayBack }) => wayBack === "reversible");
      expect([...plan.undo.after].reverse().concat([...plan.undo.before].reverse())).toEqual(revisions(undone));
      const wish = { configuration: "c", rollbackFrom: candidate.release };
      const back = planRollout(situated(candidate, serving, { wish }));
      if (plan.wayBack !== "reversible" && plan.wayBack !== "compatible") {
        expect(back).toHaveProperty("refusal");
        return;
      }
      const work = (down: readonly string[]): SchemaWork =>
        down.length > 0 ? { kind: "down", revisions: down } : { kind: "up", migrations: [] };
      expect(back).toMatchObject({ plan: { before: work(plan.undo.before), after: work(plan.undo.after) } });
    }),
    runs,
  );
});

test("a restore is planned only for the newest backup of that schema, and only when the wish names it", () => {
  const given = fc.record({ pair: between, backups, restore: fc.option(hexadecimal, { nil: undefined }) });
  fc.assert(
    fc.property(given, fc.nat(), ({ pair: { serving, candidate }, backups: known, restore }, pick) => {
      if (!serving) return;
      const named = restore ?? known[pick % Math.max(1, known.length)]?.id;
      const wish = { configuration: "c", rollbackFrom: serving.release, restore: named };
      const result = planRollout(situated(serving, candidate, { wish, backups: known }));
      if ("refusal" in result || result.plan.before.kind !== "restore") return;
      const { backup } = result.plan.before;
      const schema = candidate.migrations.at(-1)?.revision ?? "0000";
      const fitting = known.filter((one) => one.schema === schema);
      const newest = fitting
        .map(({ takenAt }) => takenAt)
        .sort()
        .at(-1);
      expect(backup).toBe(named);
      expect(fitting.filter(({ id }) => id === backup).map(({ takenAt }) => takenAt)).toContain(newest);
    }),
    runs,
  );
});

test("after a rollout that was cut off, the schema ends as the next release knows it too", () => {
  const given = fc.record({ one: history, other: history, cut: fc.nat({ max: 6 }) });
  fc.assert(
    fc.property(given, ({ one, other, cut }) => {
      const [serving, candidate = serving] = one;
      const killed = other.at(-1);
      if (!serving || !candidate || !killed) return;
      const own = { ...killed, release: "killed", migrations: renumbered(killed, serving) };
      const applied = revisions(own.migrations).slice(0, serving.migrations.length + cut);
      const unfinished = { rollout: "9-x", source: own };
      const result = planRollout(situated(serving, candidate, { unfinished, applied }));
      if ("refusal" in result) return;
      const { before, after } = result.plan;
      const wanted = new Set(revisions(candidate.migrations));
      const kept = own.migrations.filter(({ wayBack }) => wayBack === "compatible").map(({ revision }) => revision);
      const missing = (work: SchemaWork): SchemaWork =>
        work.kind === "up"
          ? { ...work, migrations: work.migrations.filter((one) => !applied.includes(one.revision)) }
          : work;
      const ends = carryOut(carryOut(applied, missing(before), candidate), missing(after), candidate);
      expect(ends.filter((one) => !kept.includes(one)).sort()).toEqual(
        [...wanted].filter((one) => !kept.includes(one)).sort(),
      );
    }),
    runs,
  );
});

test("after a rollback that was cut off, what it took back is there again for whatever needs it", () => {
  const given = fc.record({ all: history, cut: fc.nat({ max: 6 }) });
  fc.assert(
    fc.property(given, ({ all, cut }) => {
      const [serving, candidate = serving] = all;
      if (!serving || !candidate) return;
      const applied = revisions(serving.migrations).slice(0, Math.max(0, serving.migrations.length - cut));
      const result = planRollout(situated(serving, candidate, { interrupted: true, applied }));
      if ("refusal" in result) return;
      const { before, after } = result.plan;
      const ends = carryOut(carryOut(applied, before, candidate), after, candidate);
      expect([...ends].sort()).toEqual(revisions(candidate.migrations).sort());
    }),
    runs,
  );
});

/** The killed release has what serves, and its own migrations under numbers that nobody else uses. */
function renumbered(killed: Source, serving: Source): Migration[] {
  const own = killed.migrations.map((one) => ({ ...one, revision: `9${one.revision.slice(1)}` }));
  return [...serving.migrations, ...own];
}

test("a repetition is the record's own plan, and every refusal names a command", () => {
  fc.assert(
    fc.property(between, fc.boolean(), backups, ({ serving, candidate }, goesBack, known) => {
      const wish = { configuration: "c", ...(goesBack && serving ? { rollbackFrom: serving.release } : {}) };
      const result = planRollout(situated(serving, candidate, { wish, backups: known }));
      if ("refusal" in result) {
        expect(result.refusal).toMatch(/(switchback (up|rollback)|pulumi config (set|rm)|git tag)\b/);
        return;
      }
      const record: RolloutRecord = {
        ...{ rollout: "2-b", after: "none", asked: candidate.release, configuration: "c", serving: candidate.release },
        ...{ ended: "good", left: {}, plan: result.plan },
      };
      expect(planRollout(situated(candidate, candidate, { record }))).toEqual({ plan: result.plan });
    }),
    runs,
  );
});
