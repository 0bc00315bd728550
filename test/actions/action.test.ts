/** What an action is when its file says no more than it must. */
import { expect, test } from "vitest";
import { defineAction, Refusal } from "../../actions/action.ts";

test("an action is cut off with the engine and ends within five minutes, unless it says otherwise", () => {
  const definition = { args: () => null as never, run: () => Promise.resolve(1) };
  expect(defineAction("file:///a.ts", definition)).toEqual({
    ...{ module: "file:///a.ts", survives: false, timeoutSeconds: 300, quick: false, tuning: [] },
    ...definition,
  });
  const { survives, timeoutSeconds } = defineAction("file:///a.ts", {
    ...definition,
    survives: true,
    timeoutSeconds: 5,
  });
  expect([survives, timeoutSeconds]).toEqual([true, 5]);
});

test("a refusal is an error by its own name", () => {
  expect(String(new Refusal("the port is taken"))).toBe("Refusal: the port is taken");
});
