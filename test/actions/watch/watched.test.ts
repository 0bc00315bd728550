/** What is kept of a watch, and which one a later release is compared with. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  lastGoodWatch,
  noteBefore,
  notedBefore,
  readWatched,
  sourceOf,
  type Watched,
  writeWatched,
} from "../../../actions/watch/watched.ts";
import { temporaryFolder } from "../../support/context.ts";

const watched: Watched = {
  ...{ rollout: "1-a", release: "v1", source: "s", verdict: "pass", seen: "not worse", requests: 9, errors: 1 },
  ended: "2026-01-01T00:00:00.000Z",
};

test("what was written is read again, and what was not is not there", () => {
  const store = temporaryFolder();
  writeWatched(store, "watch.json", watched);
  expect(readWatched(store, "1-a", "watch.json")).toEqual(watched);
  expect(readWatched(store, "2-b", "watch.json")).toBeUndefined();
});

test("the newest good one with the same source counts, of another rollout", () => {
  const store = temporaryFolder();
  expect(lastGoodWatch(store, "s", "9-z")).toBeUndefined();
  const others: [string, Partial<Watched>][] = [
    ["watch.json", { rollout: "2-b", ended: "2026-01-02", verdict: "warn" }],
    ["watch-0a.json", { rollout: "3-c", ended: "2026-01-01" }],
    ["watch.json", { rollout: "4-d", ended: "2026-01-03", verdict: "fail" }],
    ["watch.json", { rollout: "5-e", ended: "2026-01-03", verdict: "unknown" }],
    ["watch.json", { rollout: "6-f", ended: "2026-01-03", source: "other" }],
    ["watch.json", { rollout: "7-g", ended: "2026-01-03", requests: 0 }],
    ["other.json", { rollout: "8-h", ended: "2026-01-03" }],
    ["watch.json", { rollout: "9-z", ended: "2026-01-03" }],
  ];
  for (const [name, differing] of others) writeWatched(store, name, { ...watched, ...differing });
  expect(lastGoodWatch(store, "s", "9-z")?.rollout).toBe("2-b");
});

test("what was noted of a source is found by that source", () => {
  const store = temporaryFolder();
  const before = { requests: 3, errors: 0 };
  expect(notedBefore(store, "1-a", "s")).toBeUndefined();
  noteBefore(store, "1-a", "s", before);
  expect([notedBefore(store, "1-a", "s"), notedBefore(store, "1-a", "other")]).toEqual([before, undefined]);
});

test("a damaged file is named, with what to do", () => {
  const store = temporaryFolder();
  writeWatched(store, "watch.json", watched);
  const path = join(store, "evidence/1-a/watch.json");
  writeFileSync(path, "{");
  expect(() => readWatched(store, "1-a", "watch.json")).toThrow(
    `${path}: is damaged: it is not JSON. Remove it: it is only what was seen when a release was watched`,
  );
});

test("no release stops over a damaged file", () => {
  const store = temporaryFolder();
  writeWatched(store, "watch.json", watched);
  noteBefore(store, "1-a", "s", { requests: 3, errors: 0 });
  for (const name of ["watch.json", "watch-plan.json"]) writeFileSync(join(store, "evidence/1-a", name), "{");
  expect([lastGoodWatch(store, "s", "2-b"), notedBefore(store, "1-a", "s")]).toEqual([undefined, undefined]);
});

test("a source is known by its action and its arguments, in any order", () => {
  const one = sourceOf({ action: "x", args: { a: 1, b: 2 } });
  expect(one).toBe(sourceOf({ action: "x", args: { b: 2, a: 1 } }));
  expect(one).not.toBe(sourceOf({ action: "x", args: { a: 1, b: 3 } }));
});
