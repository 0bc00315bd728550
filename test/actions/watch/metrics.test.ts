/** The application's own counters: since when they count, when they begin anew, and pages that are no such pages. */
import { expect, test } from "vitest";
import { countedRequests } from "../../../actions/watch/metrics.ts";
import type { Reading } from "../../../actions/watch/reading.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";

const args = (url: string) => ({
  urls: [url],
  requests: { metric: "requests_total" },
  errors: { metric: "requests_total", labels: { code: "5.." } },
});
const text = (good: number, bad: number, started = 1000): string =>
  `requests_total{code="200"} ${good}\nrequests_total{code="502"} ${bad}\nprocess_start_time_seconds ${started}\n`;

/** Reads a page several times, each with another text. */
async function readings(...texts: string[]): Promise<Reading[]> {
  const left = [...texts];
  const url = await serve((_, response) => response.end(left.shift()));
  const found: Reading[] = [];
  for (const _ of texts) {
    const needs = found.length === 0 ? {} : { CURSOR: found.at(-1)?.cursor };
    found.push((await act(countedRequests, args(url), { needs })).result);
  }
  return found;
}
const counts = (found: readonly Reading[]): number[][] => found.map(({ requests, errors }) => [requests, errors]);

test("the first reading is the time before, the next ones what came since", async () => {
  const found = await readings(text(90, 10), text(90, 10), text(120, 15));
  expect(found[0]?.before).toEqual({ requests: 100, errors: 10 });
  expect(counts(found)).toEqual([
    [0, 0],
    [0, 0],
    [35, 5],
  ]);
  expect(found[2]).not.toHaveProperty("before");
});

test("a process that was started anew counts from nothing, also when it has overtaken the old one", async () => {
  const found = await readings(text(90, 10), text(4, 1, 2000), text(200, 20, 3000), text(201, 20, 3000));
  expect(counts(found).slice(1)).toEqual([
    [5, 1],
    [220, 20],
    [1, 0],
  ]);
});

test("without the time of its start it is known by a counter that went back", async () => {
  const found = await readings("requests_total 100", "requests_total 7", "requests_total 9");
  expect(counts(found).slice(1)).toEqual([
    [7, 0],
    [2, 0],
  ]);
});

test("several processes are added up, each with its own start", async () => {
  const pages = [
    [text(10, 0), text(3, 1, 2000)],
    [text(20, 2), text(25, 2)],
  ] as const;
  const urls = await Promise.all(
    pages.map((texts) => {
      const left = [...texts];
      return serve((_, response) => response.end(left.shift()));
    }),
  );
  const both = { ...args(""), urls };
  const first = await act(countedRequests, both);
  expect(first.result.before).toEqual({ requests: 32, errors: 2 });
  const { result } = await act(countedRequests, both, { needs: { CURSOR: first.result.cursor } });
  expect(counts([result])).toEqual([[9, 1]]);
});

test("a page that asks for a token gets it", async () => {
  const url = await serve(({ headers }, response) =>
    response.writeHead(headers.authorization === "Bearer t0ken" ? 200 : 401).end(text(1, 0)),
  );
  const given = { secrets: { TOKEN: "t0ken" } };
  expect((await act(countedRequests, { ...args(url), bearer: "TOKEN" }, given)).result.before?.requests).toBe(1);
  await expect(act(countedRequests, args(url))).rejects.toThrow(`${url} answered 401`);
});

test("what is no such page cannot be read: refused, silent, another name, not found, garbage", async () => {
  const reading = (url: string) => act(countedRequests, { ...args(url), timeoutSeconds: 0.2 });
  await expect(reading(await closedAddress())).rejects.toThrow("fetch failed");
  await expect(reading(await serve(() => undefined))).rejects.toThrow("timeout");
  await expect(reading(await serve((_, response) => response.writeHead(404).end()))).rejects.toThrow("answered 404");
  const garbage = await serve((_, response) => response.end(Buffer.from([0, 255, 10, 123, 200])));
  await expect(reading(garbage)).rejects.toThrow(
    `${garbage} has no requests_total. Is it the right page, the right name?`,
  );
});

test("arguments under which everything or nothing is an error are refused", () => {
  const url = "http://127.0.0.1/";
  expect(() => call(countedRequests, { ...args(url), errors: { metric: "requests_total" } })).toThrow(
    "errors: the same counters as requests",
  );
  expect(() => call(countedRequests, { ...args(url), urls: [] })).toThrow("urls");
  const errors = { metric: "requests_total", labels: { code: "(" } };
  expect(() => call(countedRequests, { ...args(url), errors })).toThrow("is no regular expression");
});
