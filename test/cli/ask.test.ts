// A question is only asked where somebody can answer it.
import { expect, test } from "vitest";
import { agrees, wantSomebody } from "../../cli/ask.ts";

test("who has said yes is not asked", async () => {
  wantSomebody(true);
  expect(await agrees("Really?", true)).toBe(true);
});

test("refuses to wait for nobody", () => {
  expect(() => {
    wantSomebody(undefined);
  }).toThrow("nobody is here to answer: this is no terminal. Nothing was changed. To go on without being asked: --yes");
});
