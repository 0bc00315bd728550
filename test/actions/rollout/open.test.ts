/** The action that opens a rollout. */
import { expect, test } from "vitest";
import { openRollout } from "../../../actions/rollout/open.ts";
import { call } from "../../../components/call.ts";
import { act } from "../../support/context.ts";

const none = { after: "none", rollbackFrom: "none", again: "none", restore: "none", leaveStore: "none" };
const args = { commit: "c", configuration: "d", ...none };

test("the first rollout has number 1, the next one more; the id is told", async () => {
  const { result, told } = await act(openRollout, args, { release: "v1" });
  expect(result).toEqual({ number: 1, id: /^1-[0-9a-f]{6}$/.exec(result.id)?.[0], store: "5709e1d0" });
  expect(told).toEqual([`rollout ${result.id}: v1`]);
  expect((await act(openRollout, args, { previous: { number: 12, id: "12-abcdef" } })).result.number).toBe(13);
});

test("ids never repeat", async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, async () => (await act(openRollout, args)).result.id));
  expect(new Set(ids).size).toBe(20);
});

test("an empty word is refused: `none` is written out", () => {
  expect(() => call(openRollout, { ...args, after: "" })).toThrow(
    new TypeError(
      "actions/rollout/open: its arguments are wrong\n✖ Too small: expected string to have >=1 characters\n  → at after",
    ),
  );
});
