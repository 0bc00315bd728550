// Which rollout somebody means.
import { expect, test } from "vitest";
import { wantRollout } from "../../cli/wanted.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { good } from "../report/entries.ts";

const rollouts = rolloutsOf([...good("1-a", "v1"), ...good("2-b", "v2"), ...good("3-c", "v1")]);

test.each([
  [undefined, "3-c"],
  ["2", "2-b"],
  ["#1", "1-a"],
  ["1-a", "1-a"],
  ["v1", "3-c"],
])("%s is rollout %s", (wanted, id) => {
  expect(wantRollout("gates", wanted, rollouts, "staging").id).toBe(id);
});

test("what nobody knows is said with what is known", () => {
  expect(() => wantRollout("gates", "v9", rollouts, "staging")).toThrow(
    "gates v9: there is no such rollout. Known: 1-a (v1), 2-b (v2), 3-c (v1)",
  );
  expect(() => wantRollout("gates", undefined, [], "staging")).toThrow("staging: nothing was released yet");
});
