/** Saying that one is still at work. */
import { expect, test } from "vitest";
import { heartbeatSeconds, keepBeating, leaseSilenceSeconds, stepSilenceSeconds } from "../../runtime/heartbeat.ts";
import { until } from "../support/context.ts";

test("it beats until it is ended, also when a beat cannot be written", async () => {
  let beats = 0;
  const stop = keepBeating(() => {
    beats++;
    throw new Error("the store is out of reach");
  }, 0.005);
  await until("three beats", () => beats >= 3);
  stop();
  const then = beats;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(beats).toBe(then);
});

test("nobody is taken for dead for a beat that is late", () => {
  expect(stepSilenceSeconds / heartbeatSeconds).toBeGreaterThanOrEqual(5);
  expect(leaseSilenceSeconds).toBeGreaterThan(stepSilenceSeconds);
});
