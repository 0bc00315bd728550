/** Reading a source again and again: when it ends, and what is made of readings that fail. */
import { expect, test } from "vitest";
import { observe, type Observed, seldom, type Seen } from "../../../actions/watch/observe.ts";
import type { Reading } from "../../../actions/watch/reading.ts";
import type { Start, Terms } from "../../../actions/watch/terms.ts";

const terms: Terms = {
  source: { action: "x", args: {} },
  ...{ minutes: 0.005, everySeconds: 0.05, worseBy: 3, acceptablePercent: 0.1 },
};
const start: Start = { before: { rate: 0.001 }, beforeFrom: "as given" };

interface Given {
  readonly terms?: Partial<Terms>;
  readonly isOver?: () => string | undefined;
  readonly signal?: AbortSignal;
}

/** Observes a source that answers by its cursor, a number that grows with each reading. */
async function see(
  read: (cursor: number | undefined) => { requests: number; errors: number },
  given: Given = {},
): Promise<Observed & { readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const call = (_: unknown, needs: unknown): Promise<Reading> => {
    const { CURSOR: cursor } = needs as { CURSOR?: number };
    return Promise.resolve().then(() => ({ ...read(cursor), cursor: (cursor ?? 0) + 1 }));
  };
  const observed = await observe({ ...terms, ...given.terms }, start, {
    context: { call, signal: given.signal ?? new AbortController().signal },
    see: (one) => seen.push(one),
    ...(given.isOver ? { isOver: given.isOver } : {}),
  });
  return { ...observed, seen };
}

test("it goes on to the end of its time, and adds up", async () => {
  const { ended, judgement, readings, unread, cursor, seconds } = await see(() => ({ requests: 1000, errors: 0 }));
  expect([ended, judgement.decision, unread]).toEqual(["period", "fine", 0]);
  expect(seconds).toBeGreaterThanOrEqual(0.3);
  expect(seconds).toBeLessThan(3);
  expect([cursor, judgement.requests]).toEqual([readings, readings * 1000]);
});

test("it ends as soon as it is clearly worse", async () => {
  const reading = { requests: 10, errors: 3 };
  const { ended, judgement, readings, seen } = await see(() => reading, {
    terms: { minutes: 100, everySeconds: 0.01 },
  });
  expect([ended, judgement.decision, readings, seen.length]).toEqual(["bad", "bad", 2, 2]);
});

test("readings that fail are told, counted, and no reason to end", async () => {
  const { ended, unread, readings, problem, seen } = await see((cursor) => {
    if (cursor === undefined) throw new Error("connect ECONNREFUSED");
    return { requests: 1, errors: 0 };
  });
  expect([ended, problem, seen[0]?.problem]).toEqual(["period", "connect ECONNREFUSED", "connect ECONNREFUSED"]);
  expect(unread).toBe(readings);
});

test("somebody who wants it to end is heard within a second, however seldom it is read", async () => {
  const began = Date.now();
  const isOver = () => (Date.now() - began > 300 ? "rollout 3-c of v1 was opened" : undefined);
  const observed = await see(() => ({ requests: 1, errors: 0 }), {
    terms: { minutes: 100, everySeconds: 300 },
    isOver,
  });
  expect(observed).toMatchObject({ ended: "stopped", stopped: "rollout 3-c of v1 was opened", readings: 1 });
  expect(Date.now() - began).toBeLessThan(3000);
});

test("a signal ends it at once, with what was seen", async () => {
  const signal = AbortSignal.timeout(100);
  const observed = await see(() => ({ requests: 1, errors: 0 }), {
    terms: { minutes: 100, everySeconds: 300 },
    signal,
  });
  expect(observed).toMatchObject({ ended: "stopped", readings: 1, judgement: { requests: 1 } });
});

test("of many lines only the first is told within half a minute", () => {
  const told: string[] = [];
  const tell = seldom((line) => told.push(line));
  for (const line of ["one", "two", "three"]) tell(line);
  expect(told).toEqual(["one"]);
});
