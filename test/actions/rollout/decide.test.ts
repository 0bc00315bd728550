/** What becomes of a release behind the switch: whatever happens is recorded, nothing is thrown. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Call } from "../../../actions/action.ts";
import { decide } from "../../../actions/rollout/decide.ts";
import type { Serving } from "../../../actions/platforms/servers/activate.ts";
import type { Schema } from "../../../actions/migrations/sql-files/schema.ts";
import { call } from "../../../components/call.ts";
import { inStore } from "../../../release/store.ts";
import { patience } from "../../support/health.ts";
import { act, temporaryFolder } from "../../support/context.ts";

const serving: Serving = { release: "v2", folder: "f2", before: "f1", reverted: false, why: "", verified: true };
const schema: Schema = { revision: "0002", did: "applied 0002" };
const backup = { id: "2-b-v1", digest: "d", schema: "0001", proven: true as const };
const named = (action: string): Call => ({ action, args: {} });
const health: Call = named("health");
const settledAt = (release: string) => ({
  ...{ release, commit: "c", artifact: "a", folder: release, rollout: "2-abcdef", before: "" },
});
const now = new Date().toISOString();
const failing = {
  health: {
    check: health,
    blocks: ["fail" as const],
    first: { verdict: "fail" as const, seen: "500", from: "x", at: now },
  },
};

interface Case {
  readonly store?: string;
  readonly serving?: Partial<Serving>;
  readonly schema?: Partial<Schema>;
  readonly doubts?: object;
  readonly revert?: boolean;
  readonly back?: readonly Call[];
  readonly rest?: readonly Call[];
  /** What every call answers, by the action's name; an error is thrown. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

async function decided({ answers = {}, ...given }: Case) {
  const done: [string, unknown][] = [];
  const needs = {
    SERVING: { ...serving, ...given.serving },
    SCHEMA: { ...schema, ...given.schema },
    ...{ BACKUP: backup, DOUBTS: (given.doubts ?? {}) as never },
  };
  const { revert = true, back = [named("down"), named("go-back")], rest = [named("rest")] } = given;
  const { result } = await act(
    decide,
    { revert, back: [...back], rest: [...rest], patience },
    {
      ...{ needs, release: "v2" },
      ...(given.store === undefined ? {} : { store: given.store }),
      call: ({ action }, given) => {
        if (action === "health") return Promise.resolve(answers[action] ?? { verdict: "fail", seen: "500", from: "x" });
        done.push([action, given]);
        const answer = answers[action] ?? {};
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
  );
  return { result, done };
}
/** The quickest reason to take a release back: no check is asked again. */
const broken = { schema: { wrong: "no such table" } };
const table = "  ✗ schema  fail     no such table";
const needsOfBack = { BEFORE: "f1", BACKUP: backup };

test("cut off while it went back, it goes on, whatever the checks say of the release before", async () => {
  const store = temporaryFolder();
  const answers = { "go-back": { release: "v1", verified: true } };
  const first = await decided({ store, doubts: failing, answers });
  const healthy = { ...answers, health: { verdict: "pass", seen: "200", from: "x" } };
  const again = await decided({ store, doubts: failing, answers: healthy });
  expect(again).toEqual(first);
  expect(again.result).toMatchObject({ decision: "reverted", serving: "v1" });
});

test.each<[string, string, string]>([
  ["of nothing", "{}", "decision is none of the words it can be"],
  ["of another decision", '{"decision":"go","table":""}', "decision is none of the words it can be"],
  ["null", "null", "it is no object"],
  ["cut off", '{"decision":"no","ta', "it is not JSON"],
])("a note of going back that is damaged (%s) takes nothing back: a person decides", async (_, text, wrong) => {
  const store = temporaryFolder();
  const note = join(inStore.evidence(store, "2-abcdef"), "going-back.json");
  mkdirSync(dirname(note), { recursive: true });
  writeFileSync(note, text);
  const { result, done } = await decided({ store, ...broken });
  expect(done).toEqual([]);
  expect(result).toEqual({
    ...{ decision: "stays", serving: "v2", table: "", schema: "no such table", halfway: true },
    why: `${note}: is damaged: ${wrong}. v2 was being taken back, and how far cannot be told: see what serves (switchback status) and decide`,
  });
  // Where going back has got as far as the switch, it has left word of it.
  writeFileSync(inStore.settled(store), JSON.stringify(settledAt("v1")));
  expect((await decided({ store, ...broken })).result).toMatchObject({ decision: "stays", serving: "v1" });
  writeFileSync(inStore.settled(store), "null");
  expect((await decided({ store, ...broken })).result).toMatchObject({ decision: "stays", serving: "v2" });
});

test("without a doubt it is go", async () => {
  expect(await decided({})).toEqual({ result: { decision: "go", serving: "v2", table: "", why: "" }, done: [] });
});

test("a doubt that a second look takes away is none", async () => {
  const answers = { health: { verdict: "pass", seen: "200", from: "x" } };
  const { result, done } = await decided({ doubts: failing, answers });
  expect([result.decision, done]).toEqual(["go", []]);
});

test("a release that fails is taken back, code and schema in their order, and what serves is recorded", async () => {
  expect(await decided({ doubts: failing, answers: { "go-back": { release: "v1", verified: true } } })).toEqual({
    result: {
      ...{ decision: "reverted", serving: "v1", table: "  ✗ health  fail     500" },
      why: "the checks after the switch failed",
    },
    done: [
      ["down", needsOfBack],
      ["go-back", needsOfBack],
    ],
  });
});

test("a schema that went wrong behind the switch takes the release back as a check does", async () => {
  const { result } = await decided({ ...broken, answers: { "go-back": { release: "v1", verified: true } } });
  expect(result).toEqual({ decision: "reverted", serving: "v1", table, why: "the checks after the switch failed" });
});

test("of a release that the activation took back only the rest is left to do", async () => {
  const reverted = { release: "v1", reverted: true, why: "web-2: /api/health answered 500" };
  expect(await decided({ serving: reverted })).toEqual({
    result: { decision: "reverted", serving: "v1", table: "", why: "web-2: /api/health answered 500" },
    done: [["rest", needsOfBack]],
  });
});

test("when both releases fail it is said first, also when the rest does not work", async () => {
  const reverted = { release: "v1", reverted: true, verified: false, why: "web-2: no answer" };
  const { result } = await decided({ serving: reverted, answers: { rest: new Error("database is locked") } });
  expect(result.why).toBe(
    "what was gone back to is not well either: look at the infrastructure\nweb-2: no answer\ngoing back stopped: database is locked",
  );
});

test("a first release that failed leaves nothing serving, and nothing else to blame", async () => {
  const none = { release: "none", reverted: true, verified: false, before: "", why: "web-1: no answer" };
  expect((await decided({ serving: none, rest: [] })).result).toEqual({
    ...{ decision: "reverted", serving: "none", table: "", why: "web-1: no answer" },
  });
});

test.each<[string, Case, string]>([
  [
    "nobody can tell",
    {
      answers: { health: { verdict: "unknown", seen: "no answer", from: "x" } },
      doubts: { health: { ...failing.health, blocks: ["fail", "unknown"] } },
    },
    "it cannot be told whether it is well, so nothing was taken back",
  ],
  ["the policy says so", { ...broken, revert: false }, "the policy leaves it to you (policies.revert is false)"],
  ["there is nothing to go back to", { ...broken, back: [] }, "there is no earlier release to go back to by itself"],
])("it stays when %s", async (_, given, why) => {
  const { result, done } = await decided(given);
  expect([result.decision, result.serving, result.why, done]).toEqual(["stays", "v2", why, []]);
});

test("what a release stays without is recorded", async () => {
  const { result } = await decided({ ...broken, revert: false });
  expect([result.decision, result.schema]).toEqual(["stays", "no such table"]);
});

test("going back stops at the first thing that fails, and what serves then is recorded", async () => {
  const { result, done } = await decided({
    ...{ ...broken, back: [named("go-back"), named("down"), named("more")] },
    answers: { "go-back": { release: "v1", verified: true }, down: new Error("database is locked") },
  });
  expect(result).toEqual({
    ...{ decision: "stays", serving: "v1", table, schema: "no such table" },
    why: "going back stopped: database is locked",
  });
  expect(done.map(([action]) => action)).toEqual(["go-back", "down"]);
});

test("what was gone back to and is not well either is no revert", async () => {
  const { result } = await decided({ ...broken, answers: { "go-back": { release: "v1", verified: false } } });
  expect([result.decision, result.serving, result.why]).toEqual([
    ...["stays", "v1", "what was gone back to is not well either: look at the infrastructure"],
  ]);
});

test("however much there is to say, the receipt stays small enough", async () => {
  const doubts = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`check-${index}`, { ...failing.health, check: health }]),
  );
  const answers = { health: { verdict: "fail", seen: "é".repeat(190), from: "x" }, down: new Error("ü".repeat(9000)) };
  const { result } = await decided({ doubts, answers });
  expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(8192);
});

test("it goes on when the engine is killed", () => {
  expect(call(decide, { revert: true, back: [], rest: [], patience }).survives).toBe(true);
});
