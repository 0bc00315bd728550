/** The check of how quick a page is. The slow servers are slow by far more than a busy machine is. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { latency } from "../../../actions/checks/latency.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";

/** Answers the nth request as told; counts how many are under way. */
async function site(answer: (response: ServerResponse, number: number) => unknown) {
  const seen = { asked: 0, atOnce: 0, most: 0 };
  const url = await serve((_, response) => {
    seen.asked += 1;
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    response.on("close", () => (seen.atOnce -= 1));
    return answer(response, seen.asked);
  });
  return { url, seen };
}

const after = (milliseconds: number, response: ServerResponse): unknown =>
  setTimeout(() => response.end(), milliseconds);
const slowEveryFifth = (response: ServerResponse, number: number): unknown =>
  after(number % 5 === 0 ? 600 : 0, response);

async function verdict(url: string, args: object): Promise<string[]> {
  const { result } = await act(latency, { url, ...args });
  return [result.verdict, result.seen.replace(url, "URL").replaceAll(/\b\d+ ms\b(?=,| of \d)/g, "N ms")];
}

const measured = "URL: p50 N ms, p95 N ms, max N ms of";

test("a quick page passes, asked as often and as many times at once as said", async () => {
  const { url, seen } = await site((response) => after(20, response));
  expect(await verdict(url, { limitMilliseconds: 5000 })).toEqual(["pass", `${measured} 20 requests`]);
  expect([seen.asked, seen.most]).toEqual([20, 1]);
  await verdict(url, { limitMilliseconds: 5000, requests: 12, parallel: 4 });
  expect([seen.asked, seen.most]).toEqual([32, 4]);
});

test("a slow percentile is a warning above the target and a failure above the limit", async () => {
  const args = { requests: 10, parallel: 5 };
  const slow = async (bounds: object): Promise<string[]> =>
    verdict((await site(slowEveryFifth)).url, { ...args, ...bounds });
  const words = `${measured} 10 requests`;
  expect(await slow({ targetMilliseconds: 500 })).toEqual(["warn", `${words}, more than 500 ms`]);
  expect(await slow({ targetMilliseconds: 500, limitMilliseconds: 5000 })).toEqual([
    "warn",
    `${words}, more than 500 ms`,
  ]);
  expect(await slow({ targetMilliseconds: 400, limitMilliseconds: 500 })).toEqual([
    ...["fail", `${words}, want p95 of at most 500 ms`],
  ]);
});

test("another percentile is judged where one is named", async () => {
  const args = { requests: 10, parallel: 5, percentile: 70, limitMilliseconds: 500 };
  expect(await verdict((await site(slowEveryFifth)).url, args)).toEqual([
    ...["pass", "URL: p50 N ms, p70 N ms, p95 N ms, max N ms of 10 requests"],
  ]);
});

test("each request that is not answered well is a failure, however quick", async () => {
  const broken = await site((response, number) => response.writeHead(number % 2 === 0 ? 500 : 204).end());
  expect(await verdict(broken.url, { requests: 6, limitMilliseconds: 5000 })).toEqual([
    ...["fail", "URL: 3 of 6 requests failed, such as: answered 500"],
  ]);
  const moved = await site((response) => response.writeHead(302, { location: "/" }).end());
  expect(await verdict(moved.url, { requests: 2, limitMilliseconds: 5000 })).toEqual([
    ...["fail", "URL: 2 of 2 requests failed, such as: answered 302"],
  ]);
});

test("one that is never answered is a failure, and the last that is made", async () => {
  const { url, seen } = await site((response, number) => (number === 3 ? undefined : response.end()));
  expect(await verdict(url, { timeoutSeconds: 0.3, limitMilliseconds: 5000 })).toEqual([
    ...["fail", "URL: 1 of 3 requests failed, such as: The operation was aborted due to timeout"],
  ]);
  expect(seen.asked).toBe(3);
});

test("when the time for all is over, what was seen to be slow fails, and the rest cannot be judged", async () => {
  const { url } = await site((response) => after(400, response));
  const args = { requests: 500, withinSeconds: 0.3 };
  const words = "URL: p50 N ms, p95 N ms, max N ms of 1 requests";
  expect(await verdict(url, { ...args, limitMilliseconds: 300 })).toEqual([
    ...["fail", `${words}, want p95 of at most 300 ms`],
  ]);
  expect(await verdict(url, { ...args, limitMilliseconds: 60_000 })).toEqual([
    ...["unknown", `${words}; only so many of 500 fitted into 0.3 s`],
  ]);
});

test("what is cut off from here cannot be judged", async () => {
  const { url } = await site((response, number) => (number === 3 ? undefined : response.end()));
  const { result } = await act(latency, { url, limitMilliseconds: 5000 }, { signal: AbortSignal.timeout(500) });
  expect(result.verdict).toBe("unknown");
});

test("nobody there, nobody in time, and no such name cannot be judged", async () => {
  const args = { limitMilliseconds: 5000 };
  const [closed] = await verdict(await closedAddress(), args);
  const [silent] = await verdict((await site(() => undefined)).url, { ...args, timeoutSeconds: 0.2 });
  const [nameless] = await verdict("http://none.invalid/", args);
  expect([closed, silent, nameless]).toEqual(["unknown", "unknown", "unknown"]);
});

test.each<[object, string]>([
  [{}, "no latency would be too much: want targetMilliseconds, limitMilliseconds or both"],
  [{ targetMilliseconds: 500, limitMilliseconds: 400 }, "fails before it warns: want at least targetMilliseconds"],
  [{ limitMilliseconds: 1, requests: 501 }, "at requests"],
  [{ limitMilliseconds: 1, parallel: 11 }, "at parallel"],
  [{ limitMilliseconds: 1, percentile: 0 }, "at percentile"],
])("%j is refused", (args, message) => {
  expect(() => call(latency, { url: "http://localhost/", ...args })).toThrow(message);
});
