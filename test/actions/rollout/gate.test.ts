/** The gate in front of all changes. */
import { expect, test } from "vitest";
import { Refusal } from "../../../actions/action.ts";
import { gate } from "../../../actions/rollout/gate.ts";
import { act } from "../../support/context.ts";
import { makeHealth, patience } from "../../support/health.ts";

const verdict = (verdict: "pass" | "warn" | "fail" | "unknown", seen: string) => ({
  ...{ verdict, seen, from: "here", at: new Date().toISOString() },
});

test("when nothing blocks the rollout passes, and the table is in the log", async () => {
  const { question } = await makeHealth(200);
  const needs = { VERDICTS: { page: verdict("pass", "fine") } };
  const { result, logged } = await act(gate, { questions: { page: question }, patience }, { needs });
  expect([result, logged]).toEqual([{ decision: "go" }, ["  ✓ page  pass     fine"]]);
});

test("a verdict that was mended meanwhile passes, and one that nobody has given yet is asked for", async () => {
  const [one, other] = [await makeHealth(200), await makeHealth(200)];
  const needs = { VERDICTS: { one: verdict("fail", "was down") } };
  const questions = { one: one.question, other: other.question };
  expect((await act(gate, { questions, patience }, { needs })).result).toEqual({ decision: "go" });
});

test("it fails with all reasons in one table, and says that nothing was changed", async () => {
  const [one, other] = [await makeHealth(500), await makeHealth(200)];
  const needs = { VERDICTS: { one: verdict("fail", "was down"), other: verdict("pass", "fine") } };
  const questions = { other: other.question, one: one.question };
  await expect(act(gate, { questions, patience }, { needs, release: "v2" })).rejects.toThrow(
    new Refusal(
      `v2 is not let through\n  ✗ one    fail     ${one.url} answered 500, want 200\n  ✓ other  pass     fine\n` +
        "Nothing was changed. Mend what blocks and run the same command again: the gate asks again.",
    ),
  );
});

test("what cannot be told has its own words", async () => {
  const { question } = await makeHealth(200);
  const dead = {
    ...question,
    check: { ...question.check, args: { url: "http://127.0.0.1:1", status: 200, timeoutSeconds: 5 } },
  };
  await expect(
    act(gate, { questions: { dead }, patience }, { needs: { VERDICTS: {} }, release: "v2" }),
  ).rejects.toThrow("v2 is not let through: it cannot be told whether it is well\n  ✗ dead  unknown  bad port\n");
});

test("it has the time that the longest check may take", () => {
  expect(gate.timeoutSeconds).toBe(1800);
});
