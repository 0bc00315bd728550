/** Checks that are asked again, by real requests. */
import { expect, test } from "vitest";
import * as z from "zod";
import { askAgain, questionsSchema } from "../../../actions/rollout/verdicts.ts";
import { closedAddress, makeContext, serve } from "../../support/context.ts";
import { makeHealth, patience } from "../../support/health.ts";

const first = (verdict: "pass" | "fail", seen = "first") => ({
  ...{ verdict, seen, from: "here", at: new Date().toISOString() },
});

test("what passed is not asked again", async () => {
  const health = await makeHealth(500);
  const { context } = makeContext();
  expect(await askAgain({ page: { ...health.question, first: first("pass") } }, patience, context)).toEqual([
    { name: "page", verdict: "pass", seen: "first", blocks: false },
  ]);
  expect(health.asked).toBe(0);
});

test("what did not pass is asked until it does, and no longer", async () => {
  const health = await makeHealth(500, 200, 500);
  const { context, logged } = makeContext();
  expect(await askAgain({ page: { ...health.question, first: first("fail") } }, patience, context)).toEqual([
    { name: "page", verdict: "pass", seen: `${health.url} answered 200`, blocks: false },
  ]);
  expect(logged).toEqual([
    `page: asked again: fail: ${health.url} answered 500, want 200`,
    `page: asked again: pass: ${health.url} answered 200`,
  ]);
});

test("after three times the last verdict counts; all are asked at the same time", async () => {
  const [one, other] = [await makeHealth(500), await makeHealth(503)];
  const { context } = makeContext();
  const began = Date.now();
  const judged = await askAgain({ one: one.question, other: { ...other.question, blocks: [] } }, patience, context);
  expect(Date.now() - began).toBeLessThan(3500);
  expect(judged).toEqual([
    { name: "one", verdict: "fail", seen: `${one.url} answered 500, want 200`, blocks: true },
    { name: "other", verdict: "fail", seen: `${other.url} answered 503, want 200`, blocks: false },
  ]);
  expect([one.asked, other.asked]).toEqual([3, 3]);
});

test("a pass that is too old is asked for again; one that is not is left alone", async () => {
  const [old, fresh] = [await makeHealth(503, 200), await makeHealth(503)];
  const { context } = makeContext();
  const passed = (seconds: number) => ({
    ...first("pass"),
    at: new Date(Date.now() - seconds * 1000).toISOString(),
  });
  const questions = {
    old: { ...old.question, first: passed(601) },
    fresh: { ...fresh.question, first: passed(599) },
  };
  const judged = await askAgain(questions, patience, context);
  expect([judged.map(({ verdict }) => verdict), old.asked, fresh.asked]).toEqual([["pass", "pass"], 2, 0]);
});

test("what cannot be told is asked for as long as the policy says", async () => {
  const question = (await makeHealth(200)).question;
  const dead = {
    ...question,
    check: { ...question.check, args: { url: await closedAddress(), status: 200, timeoutSeconds: 5 } },
  };
  const { context, logged } = makeContext();
  const began = Date.now();
  const [judged] = await askAgain({ dead }, { ...patience, pauseSeconds: 0.2, unknownSeconds: 0.5 }, context);
  expect(judged).toMatchObject({ verdict: "unknown", blocks: true });
  expect(Date.now() - began).toBeGreaterThanOrEqual(500);
  expect(logged.length).toBeGreaterThanOrEqual(2);
});

test("a check that hangs is unknown when its time is over, and the others are judged", async () => {
  const hangs = await serve(() => undefined);
  const well = await makeHealth(200);
  const args = { url: hangs, status: 200, timeoutSeconds: 60 };
  const hanging = { ...well.question, check: { ...well.question.check, args }, timeoutSeconds: 0.2 };
  const { context } = makeContext();
  const judged = await askAgain({ hanging, well: well.question }, patience, context);
  expect(judged.map(({ verdict, seen }) => [verdict, seen])).toEqual([
    ["unknown", "took longer than its limit of 0.2 s"],
    ["pass", `${well.url} answered 200`],
  ]);
});

test("where it blocks nothing, it is asked once more and not waited for", async () => {
  const question = (await makeHealth(200)).question;
  const check = { ...question.check, args: { url: await closedAddress(), status: 200, timeoutSeconds: 5 } };
  const { context, logged } = makeContext();
  const [judged] = await askAgain({ dead: { check, blocks: ["fail"] } }, { ...patience, unknownSeconds: 60 }, context);
  expect(judged).toMatchObject({ verdict: "unknown", blocks: false });
  expect(logged.length).toBe(1);
});

test("a waived check does not block, unless it is a no-go trigger", async () => {
  const health = await makeHealth(500);
  const { context } = makeContext();
  const waiver = { reason: "the carrier is down today", by: "Mira Okafor" };
  const failed = { ...health.question, first: first("fail"), waiver };
  const [waived, trigger] = await askAgain({ waived: failed, trigger: { ...failed, noGo: true } }, patience, context);
  expect([waived?.blocks, waived?.waiver]).toEqual([false, waiver]);
  expect([trigger?.blocks, trigger?.noGo, trigger?.waiver]).toEqual([true, true, undefined]);
});

test("who is told to stop does not ask on", async () => {
  const health = await makeHealth(500);
  const ending = new AbortController();
  const { context } = makeContext({ signal: ending.signal });
  const asked = askAgain({ page: health.question }, patience, {
    ...context,
    log: () => {
      ending.abort();
    },
  });
  await expect(asked).rejects.toThrow("The operation was aborted");
});

test("a gate without a check is refused", () => {
  expect(
    questionsSchema(z)
      .safeParse({})
      .error?.issues.map(({ message }) => message),
  ).toEqual(["a gate without a check lets everything through: give it one"]);
});
