/** A plan in the words of a preview. */
import { expect, test } from "vitest";
import type { Migration } from "../../release/migrations.ts";
import type { Plan } from "../../release/plan.ts";
import { describeWayBack, inReview, inWords, summarize } from "../../release/summary.ts";

const column: Migration = {
  ...{ revision: "0002", name: "add_notes", digest: "d" },
  ...{ change: "expand", wayBack: "reversible" },
};
const plan: Plan = {
  ...{ release: "v2", commit: "c2", from: "v1", direction: "forward", commits: ["abc Add notes"] },
  before: { kind: "up", migrations: [column] },
  after: { kind: "up", migrations: [] },
  ...{ wayBack: "reversible", undo: { before: [], after: ["0002"] } },
  ...{ again: "none", restore: "none", rollbackFrom: "none" },
};

test("a release forward reads like a change review", () => {
  expect(summarize(plan)).toEqual({
    release: "v1 → v2",
    commits: ["abc Add notes"],
    schemaBefore: "apply 0002 add notes (expand, reversible)",
    schemaAfter: "nothing",
    wayBack: "code of v1, then migration 0002 down",
  });
});

test("a first release, and the same once more, name one release", () => {
  expect(summarize({ ...plan, from: "none", direction: "first" }).release).toBe("v2");
  expect(summarize({ ...plan, from: "v2", direction: "again" }).release).toBe("v2");
});

test.each<[string, Plan["before"]]>([
  ["nothing", { kind: "up", migrations: [] }],
  [
    "apply 0002 add notes (expand, reversible), 0003 drop it (contract, restore)",
    {
      kind: "up",
      migrations: [column, { ...column, revision: "0003", name: "drop_it", change: "contract", wayBack: "restore" }],
    },
  ],
  ["take back 0003, 0002", { kind: "down", revisions: ["0003", "0002"] }],
  ["restore backup 2-abc-v1, under maintenance", { kind: "restore", backup: "2-abc-v1" }],
])("%s", (words, work) => {
  expect(inWords(work)).toBe(words);
});

test.each<[string, Partial<Plan>]>([
  ["nothing to go back to: this is the first release", { wayBack: "nothing" }],
  ["code of v1; the schema stays", { wayBack: "compatible" }],
  ["code of v1, then migration 0002 down", {}],
  [
    "migration 0004, 0003 down, then code of v1, then migration 0002 down",
    { undo: { before: ["0004", "0003"], after: ["0002"] } },
  ],
  ["restore the backup taken before, then code of v1; what is written in between is lost", { wayBack: "restore" }],
  ["cannot be undone: manual remediation and an incident note", { wayBack: "none" }],
  ["release v1 again", { direction: "back" }],
])("way back: %s", (words, differing) => {
  expect(describeWayBack({ ...plan, ...differing })).toBe(words);
});

test("a reviewer reads it as a few lines", () => {
  expect(inReview(plan).split("\n")).toEqual([
    "release v1 → v2, 1 commit",
    "    abc Add notes",
    "  schema before the switch: apply 0002 add notes (expand, reversible)",
    "  schema after the switch: nothing",
    "  way back: code of v1, then migration 0002 down",
  ]);
});

test.each<[string, Partial<Plan>]>([
  ["release v2, the first one", { direction: "first", from: "none", commits: [] }],
  ["release v1 → v2, no commits between them", { commits: [] }],
  ["release v1 → v2, 2 commits", { commits: ["a A", "b B"] }],
])("its first line: %s", (line, differing) => {
  expect(inReview({ ...plan, ...differing }).split("\n")[0]).toBe(line);
});
