/** What a switch costs those who are online. */
import { expect, test } from "vitest";
import { sample } from "../../../../actions/platforms/servers/sampler.ts";
import { closedAddress, serve, until } from "../../../support/context.ts";

/** A site that answers with a status that can be changed, and counts. */
async function site() {
  const state = { status: 200, asked: 0 };
  const url = await serve((_, response) => {
    state.asked++;
    response.writeHead(state.status).end("words");
  });
  const asked = async (times: number): Promise<void> => {
    const goal = state.asked + times;
    await until(`${times} requests`, () => state.asked >= goal);
  };
  return { url, state, asked };
}

test("when every request is answered none has failed", async () => {
  const { url, state, asked } = await site();
  const sampler = sample(url, 1);
  await asked(5);
  const { requests, failed, longestGapMs } = await sampler.stop();
  expect([requests, failed, longestGapMs < 1000]).toEqual([state.asked, 0, true]);
  expect(state.asked).toBe(requests);
});

test("requests that the server fails count, and so does the time until one is answered again", async () => {
  const { url, state, asked } = await site();
  const sampler = sample(url, 1);
  await asked(2);
  const began = Date.now();
  state.status = 503;
  await asked(20);
  const down = Date.now() - began;
  state.status = 404;
  await asked(2);
  const { failed, longestGapMs } = await sampler.stop();
  expect(failed).toBeGreaterThanOrEqual(19);
  expect(longestGapMs).toBeGreaterThanOrEqual(down - 100);
});

test("an outage that lasts to the end counts to the end", async () => {
  const began = Date.now();
  const sampler = sample(await closedAddress(), 1);
  await until("some time", () => Date.now() - began > 100);
  const { requests, failed, longestGapMs } = await sampler.stop();
  expect(failed).toBe(requests);
  expect(longestGapMs).toBeGreaterThanOrEqual(90);
});

test("a page that wants a login, or leads elsewhere, is answered all the same", async () => {
  const { url, state, asked } = await site();
  for (const status of [302, 401]) {
    state.status = status;
    const sampler = sample(url, 1);
    await asked(3);
    expect((await sampler.stop()).failed).toBe(0);
  }
});
