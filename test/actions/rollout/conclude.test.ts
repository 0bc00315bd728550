/** The end of a rollout: well, or with what happened and what to do next. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { conclude } from "../../../actions/rollout/conclude.ts";
import type { Decision } from "../../../actions/rollout/decide.ts";
import { act } from "../../support/context.ts";
import { type Health, makeHealth, patience } from "../../support/health.ts";
import { hostFolder } from "../../support/hosts.ts";

const stays: Decision = { decision: "stays", serving: "v2", table: "", why: "the policy leaves it to you" };

/** Concludes, with a maintenance page up that a stopped revert has left. */
async function concluded(decided: Partial<Decision>, { health, from = "v1" }: { health: Health; from?: string }) {
  const directory = hostFolder();
  const page = join(directory, "maintenance.json");
  writeFileSync(page, "{}");
  const hosts = [{ name: "web-1", directory, address: health.url }];
  const atGo = [{ action: "actions/platforms/servers/end-maintenance", args: { hosts } }];
  const args = { questions: { health: health.question }, patience, decidedBy: "smoke-decision", from, atGo };
  const needs = { DECISION: { ...stays, ...decided }, VERDICTS: {} };
  const result = await act(conclude, args, { needs, release: "v2" }).then(
    (done) => done.result,
    (error: unknown) => (error as Error).message,
  );
  return { result, maintenance: existsSync(page), asked: health.asked };
}

test("a release that is well ends well, without another look", async () => {
  const health = await makeHealth(500);
  expect(await concluded({ decision: "go" }, { health })).toEqual({
    ...{ result: { decision: "go" }, maintenance: true, asked: 0 },
  });
});

test("one that stays, and that a person has mended, ends well, and its maintenance page comes down", async () => {
  const health = await makeHealth(200);
  expect(await concluded({}, { health })).toEqual({ result: { decision: "go" }, maintenance: false, asked: 1 });
});

test("one that was taken back fails with why, and what to do next", async () => {
  const health = await makeHealth(200);
  const decided = {
    decision: "reverted" as const,
    serving: "v1",
    why: "the checks failed",
    table: "  ✗ health  fail  500",
  };
  expect((await concluded(decided, { health })).result).toBe(
    [
      "v2 was taken back: v1 serves.",
      "Why: the checks failed",
      "  ✗ health  fail  500",
      "Next: mend v2 and release what you made of it, or try the same again with: switchback up",
    ].join("\n"),
  );
  expect((await concluded({ ...decided, serving: "none", table: "" }, { health })).result).toBe(
    [
      "v2 was taken back: nothing serves.",
      "Why: the checks failed",
      "Next: mend v2 and release what you made of it, or try the same again with: switchback up",
    ].join("\n"),
  );
});

test("one that stays and is not well fails, with the way back where there is one", async () => {
  const [one, other] = [await makeHealth(500), await makeHealth(500)];
  const [first, second] = await Promise.all([
    concluded({}, { health: one }),
    concluded({}, { health: other, from: "none" }),
  ]);
  expect(first).toEqual({
    ...{ maintenance: true, asked: 3 },
    result: `v2 serves and is not well: the policy leaves it to you\n  ✗ health  fail     ${one.url} answered 500, want 200\nMend it and run the same command again, or go back: switchback rollback v1`,
  });
  expect(second.result).toBe(
    `v2 serves and is not well: the policy leaves it to you\n  ✗ health  fail     ${other.url} answered 500, want 200\nMend it and run the same command again.`,
  );
});

test("one that is half taken back does not end well, however well what serves answers", async () => {
  const health = await makeHealth(200);
  const decided = { serving: "v1", why: "going back stopped: database is locked", table: "  ✗ health  fail  500" };
  expect(await concluded(decided, { health })).toEqual({
    ...{ maintenance: true, asked: 0 },
    result:
      "v2 is half taken back, v1 serves: going back stopped: database is locked\n  ✗ health  fail  500\nMend it and begin once more: switchback up --release v2 --again; or go back: switchback rollback v1",
  });
});

test("nor does one that lacks its schema: nobody would apply it any more", async () => {
  const health = await makeHealth(200);
  expect(
    (await concluded({ schema: "no such table", table: "  ✗ schema  fail" }, { health, from: "none" })).result,
  ).toBe(
    "v2 serves without the schema it needs (no such table): the policy leaves it to you\n  ✗ schema  fail\nMend it and begin once more: switchback up --release v2 --again",
  );
});

test("nor one of which nobody can tell how far it was taken back", async () => {
  const health = await makeHealth(200);
  const decided = { halfway: true as const, why: "going-back.json: is damaged" };
  expect(await concluded(decided, { health })).toEqual({
    ...{ maintenance: true, asked: 0 },
    result:
      "v2 is half taken back, or not at all: going-back.json: is damaged\nMend it and begin once more: switchback up --release v2 --again; or go back: switchback rollback v1",
  });
});

test("it has the time that the longest check may take", () => {
  expect(conclude.timeoutSeconds).toBe(1800);
});
