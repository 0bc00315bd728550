/** Watching inside of a rollout: four answers, what is compared with, and that being asked again takes no half hour. */
import { expect, test } from "vitest";
import { countedRequests } from "../../../actions/watch/metrics.ts";
import { planWatch } from "../../../actions/watch/plan.ts";
import { sampledRequests } from "../../../actions/watch/sampler.ts";
import type { TermsInput } from "../../../actions/watch/terms.ts";
import { watch } from "../../../actions/watch/watch.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, type Given, serve, temporaryFolder } from "../../support/context.ts";

/** A metrics page whose counters a test sets, at once or when they were read once more. */
async function counters(requests: number, errors: number) {
  const page = { requests, errors };
  const coming = { requests: 0, errors: 0 };
  const add = (more: number, bad: number): void => {
    page.requests += more;
    page.errors += bad;
  };
  const url = await serve((_, response) => {
    response.end(`all ${page.requests}\nbad ${page.errors}\n`);
    add(coming.requests, coming.errors);
    Object.assign(coming, { requests: 0, errors: 0 });
  });
  const source = call(countedRequests, { urls: [url], requests: { metric: "all" }, errors: { metric: "bad" } });
  const arrive = (more: number, bad: number): void => {
    Object.assign(coming, { requests: more, errors: bad });
  };
  return { add, arrive, store: temporaryFolder(), terms: { source, minutes: 0.003, everySeconds: 0.05 } };
}
const seen = async (terms: TermsInput, given: Given = {}) => {
  const { result, told } = await act(watch, terms, given as never);
  return { verdict: result.verdict, seen: result.seen, told };
};

test("as good as before passes, and says how sure that is", async () => {
  const { arrive, store, terms } = await counters(50_000, 50);
  await act(planWatch, terms, { store });
  arrive(10_000, 9);
  expect(await seen(terms, { store })).toEqual({
    verdict: "pass",
    seen: "not worse: 0.09 % of 10,000 requests failed, 0.1 % of 50,000 before (99.9 % sure)",
    told: ["0:00 of 0:00: nothing was asked"],
  });
});

test("clearly worse fails, long before the time is over", async () => {
  const { arrive, store, terms } = await counters(50_000, 50);
  await act(planWatch, terms, { store });
  arrive(200, 20);
  expect(await seen({ ...terms, minutes: 100 }, { store })).toMatchObject({
    verdict: "fail",
    seen: "clearly worse: 10 % of 200 requests failed, 0.1 % of 50,000 before (99.4 % sure)",
  });
});

test("too little traffic warns, none cannot tell", async () => {
  const { arrive, store, terms } = await counters(50_000, 50);
  await act(planWatch, terms, { store });
  expect(await seen({ ...terms, everySeconds: 0.1 }, { store })).toMatchObject({
    verdict: "unknown",
    seen: "nothing was asked, so nobody can tell",
  });
  arrive(20, 0);
  expect(await seen(terms, { store })).toMatchObject({
    verdict: "warn",
    seen: "no clear answer: none of 20 requests failed, 0.1 % of 50,000 before; too few to be sure, 1,231 without an error would do",
  });
});

test("a source that cannot be read cannot tell", async () => {
  const url = await closedAddress();
  const source = call(countedRequests, { urls: [url], requests: { metric: "all" }, errors: { metric: "bad" } });
  expect(await seen({ source, minutes: 0.003, everySeconds: 0.05 })).toMatchObject({
    verdict: "unknown",
    seen: `could not be read: connect ECONNREFUSED 127.0.0.1:${new URL(url).port}`,
  });
});

test("nothing noted before, and nothing known: only most requests failing is clearly worse", async () => {
  const url = await serve((_, response) => response.writeHead(500).end());
  const terms = { source: call(sampledRequests, { url }), minutes: 0.2, everySeconds: 0.01 };
  expect(await seen(terms)).toMatchObject({
    verdict: "fail",
    seen: "clearly worse: 100 % of 12 requests failed, the rate before is not known (99.2 % sure)",
  });
  const given = { ...terms, beforePercent: 1 };
  expect((await seen(given)).seen).toBe("clearly worse: 100 % of 5 requests failed, 1 % before (99.5 % sure)");
});

test("asked again it does not wait: its answer stands until what came since was fine", async () => {
  const { add, arrive, store, terms } = await counters(50_000, 50);
  await act(planWatch, terms, { store });
  arrive(200, 20);
  const long = { ...terms, minutes: 100 };
  const first = await seen(long, { store });
  expect(first.verdict).toBe("fail");
  expect(await seen(long, { store })).toEqual({ ...first, told: [] });
  add(20, 0);
  expect((await seen(long, { store })).verdict).toBe("fail");
  add(10_000, 5);
  expect(await seen(long, { store })).toEqual({
    verdict: "pass",
    seen: "since it was watched not worse: 0.05 % of 10,020 requests failed, 0.1 % of 50,000 before (99.9 % sure)",
    told: [],
  });
});

test("what was seen is what a later rollout is compared with, where its source has no past", async () => {
  const url = await serve((_, response) => response.end());
  const store = temporaryFolder();
  const terms = { source: call(sampledRequests, { url }), minutes: 0.003, everySeconds: 0.02 };
  expect((await seen(terms, { store })).seen).toContain("the rate before is not known");
  expect((await seen(terms, { store, rollout: "3-fedcba" })).seen).toMatch(/failed, none of \d+ before/);
});

test("one that is ended in the middle says what it has seen, and is watched anew when it is asked again", async () => {
  const { arrive, store, terms } = await counters(50_000, 50);
  await act(planWatch, terms, { store });
  const cut = () => seen({ ...terms, minutes: 100 }, { store, signal: AbortSignal.timeout(300) });
  arrive(20, 0);
  expect(await cut()).toMatchObject({ verdict: "unknown", seen: "stopped; until then none of 20 requests failed" });
  arrive(30, 0);
  expect((await cut()).seen).toBe("stopped; until then none of 30 requests failed");
});

test("a source that is gone when it is asked again leaves its answer as it was", async () => {
  let isThere = true;
  let requests = 0;
  const url = await serve((_, response) => {
    response.writeHead(isThere ? 200 : 503).end(`all ${requests}\nbad ${requests}\n`);
    requests = 100;
  });
  const source = call(countedRequests, { urls: [url], requests: { metric: "all" }, errors: { metric: "bad" } });
  const terms = { source, minutes: 100, everySeconds: 0.05 };
  const store = temporaryFolder();
  const first = await seen(terms, { store });
  isThere = false;
  expect([first.verdict, (await seen(terms, { store })).verdict]).toEqual(["fail", "fail"]);
});

test("another release that serves is not watched", async () => {
  const { store, terms } = await counters(1, 0);
  const needs = { SERVING: { release: "v1.0.0" } };
  expect(await seen(terms, { store, needs })).toMatchObject({
    verdict: "unknown",
    seen: "v1.0.0 serves, not v1.1.0",
  });
});
