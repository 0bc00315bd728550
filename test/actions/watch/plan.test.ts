/** What is noted just before the switch: never a reason to fail, and never overwritten by what came after it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countedRequests } from "../../../actions/watch/metrics.ts";
import { planWatch } from "../../../actions/watch/plan.ts";
import { sampledRequests } from "../../../actions/watch/sampler.ts";
import { notedBefore, sourceOf, writeWatched } from "../../../actions/watch/watched.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve, temporaryFolder } from "../../support/context.ts";

const metrics = (url: string) =>
  call(countedRequests, { urls: [url], requests: { metric: "all" }, errors: { metric: "bad" } });
const settled = (rollout: string): string =>
  JSON.stringify({ release: "v1", commit: "c", artifact: "a", folder: "v1-f", rollout, before: "" });

test("the rate so far, and where the source is", async () => {
  const source = metrics(await serve((_, response) => response.end("all 200\nbad 3\n")));
  const { result, told, store } = await act(planWatch, { source });
  expect(result).toEqual({ before: { requests: 200, errors: 3 }, beforeFrom: "counted before the switch" });
  expect(told).toEqual(["rate of errors before: 1.5 % of 200 requests, counted before the switch"]);
  expect(notedBefore(store, "2-abcdef", sourceOf(source))).toEqual({ requests: 200, errors: 3 });
});

test("a source that cannot be read stops nothing", async () => {
  const url = await closedAddress();
  const { result, told } = await act(planWatch, { source: metrics(url) });
  expect(result).toEqual({ beforeFrom: "nobody knows" });
  expect(told).toEqual([
    `cannot be read now: connect ECONNREFUSED 127.0.0.1:${new URL(url).port}`,
    "rate of errors before: nobody knows it yet",
  ]);
});

test("what was seen when an earlier release was watched stands in for a source that has no past", async () => {
  const source = call(sampledRequests, { url: "http://127.0.0.1/" });
  const store = temporaryFolder();
  writeWatched(store, "watch.json", {
    ...{ rollout: "1-a", release: "v1", source: sourceOf(source), verdict: "pass", seen: "", requests: 180, errors: 1 },
    ended: "2026-01-01",
  });
  const { result } = await act(planWatch, { source }, { store });
  expect(result).toEqual({
    ...{ before: { requests: 180, errors: 1 }, beforeFrom: "seen when rollout 1-a was watched" },
  });
});

test("asked once more after the switch it says what it said before, and of another source nothing", async () => {
  let page = "all 200\nbad 3\n";
  const url = await serve((_, response) => response.end(page));
  const store = temporaryFolder();
  const first = (await act(planWatch, { source: metrics(url) }, { store })).result;
  page = "all 10\nbad 10\n";
  mkdirSync(store, { recursive: true });
  writeFileSync(join(store, "settled.json"), settled("2-abcdef"));
  expect((await act(planWatch, { source: metrics(url), minutes: 5 }, { store })).result).toEqual(first);
  const other = { ...metrics(url), args: { ...(metrics(url).args as object), timeoutSeconds: 5 } };
  expect((await act(planWatch, { source: other }, { store })).result).toEqual({ beforeFrom: "nobody knows" });
});
