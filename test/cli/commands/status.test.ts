// What people read of an environment, whatever state it is in.
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { describe as inWords, type Status } from "../../../cli/commands/status.ts";

const well: Status = {
  ...{ stack: "staging", serving: "v2", asked: "v2", rollout: "2-b", ended: "good", disagreements: [] },
  reality: {
    address: { release: "v2", commit: "abcdef0123" },
    hosts: [{ name: "a", address: "http://a", current: "v2", release: "v2", commit: "abcdef0123" }],
    settled: "v2",
  },
  ...{ lease: undefined, wrongStore: undefined },
  unfinished: undefined,
  wayBack: { how: "code of v1; the schema stays", command: "switchback rollback v1" },
};
const lease = { rollout: "3-c", release: "v3", by: "deploy@web (pid 1)", heardOf: "2026-01-01", leftBehind: false };

beforeEach(() => {
  vi.stubEnv("npm_command", undefined);
  vi.stubEnv("npm_lifecycle_event", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const lines = (given: Partial<Status>): string[] => inWords({ ...well, ...given }).map(stripVTControlCharacters);

test("all agree", () => {
  expect(lines({})).toEqual([
    "staging",
    "  state says     v2 (rollout 2-b)",
    "  really serves  v2 (abcdef0) at the address",
    "    a            v2 (abcdef0) at http://a, current is v2",
    "  agree          yes",
    "  being changed  no",
    "  way back       switchback rollback v1",
    "                 code of v1; the schema stays",
  ]);
});

test.each([
  [{ ended: "bad", asked: "v3" }, "  state says     v2, after v3 was taken back (rollout 2-b)"],
  [{ ended: "stays" }, "  state says     v2, and is not well (rollout 2-b)"],
  [{ disagreements: ["a: v1 answers, not v2"] }, "  agree          no"],
  [{ disagreements: ["a: v1 answers, not v2"] }, "                 a: v1 answers, not v2"],
  [{ disagreements: ["a: v1 answers, not v2"] }, "  next           make v2 serve again: switchback up --again"],
  [{ lease }, "  being changed  rollout 3-c (v3) by deploy@web (pid 1), heard of at 2026-01-01"],
  [{ lease: { ...lease, leftBehind: true } }, "  being changed  no, but rollout 3-c (v3) was cut off"],
  [
    { unfinished: { rollout: "3-c", release: "v3" } },
    "  next           go on with v3: switchback up, or go back to what served: switchback rollback",
  ],
])("%j", (given, line) => {
  expect(lines(given)).toContain(line);
});

test("what an empty store says is no answer", () => {
  const text = lines({ wrongStore: "the store s is empty", disagreements: ["a: v1 answers, not v2"] });
  expect(text).toContain("  being changed  unknown: the store s is empty");
  expect(text.filter((line) => line.includes("next"))).toEqual([]);
});

test("nothing is advised while somebody is at work", () => {
  const text = lines({
    lease,
    unfinished: { rollout: "3-c", release: "v3" },
    disagreements: ["a: v3 answers, not v2"],
  });
  expect(text.filter((line) => line.includes("next"))).toEqual([]);
});
