/** Only what says of itself that it may be gone in a moment is tried again. */
import { expect, test } from "vitest";
import { Refusal, Transient } from "../../actions/action.ts";
import { retrying } from "../../runtime/retry.ts";

/** Throws these, one after the other, then answers; returns what became of it and what was told. */
async function outcomeOf(errors: readonly Error[], signal = new AbortController().signal) {
  const told: string[] = [];
  let calls = 0;
  const act = (): Promise<string> => {
    const error = errors[calls++];
    return error === undefined ? Promise.resolve("done") : Promise.reject(error);
  };
  const result = await retrying(act, { signal, tell: (line) => told.push(line) }, 1).catch((error: unknown) => error);
  return { result, calls, told };
}

test("a transient fault is tried again, three times in all", async () => {
  const busy = new Transient("busy");
  expect(await outcomeOf([busy, busy])).toEqual({
    result: "done",
    calls: 3,
    told: ["busy (attempt 1 of 3)", "busy (attempt 2 of 3)"],
  });
  expect(await outcomeOf([busy, busy, busy])).toMatchObject({ result: busy, calls: 3 });
});

test("any other fault is not", async () => {
  for (const error of [new Refusal("no"), new TypeError("mistake")]) {
    expect(await outcomeOf([error])).toEqual({ result: error, calls: 1, told: [] });
  }
});

test("the pause ends with the step's time", async () => {
  const { result, calls } = await outcomeOf([new Transient("busy"), new Transient("busy")], AbortSignal.abort());
  expect(calls).toBe(1);
  expect(result).toMatchObject({ name: "AbortError" });
});
