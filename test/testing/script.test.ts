/** Proves that a script says the right thing to each use of an action, and the right number of times. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Script } from "../../testing/script.ts";

function makeScript(): Script {
  const folder = mkdtempSync(join(tmpdir(), "switchback-script-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return new Script(folder);
}

test("without rules everything runs for real", () => {
  expect(makeScript().take("step", "actions/a", {}, true)).toBeUndefined();
});

test("a rule is for a step, or for an action wherever it is used", () => {
  const script = makeScript();
  const [first, second] = [
    { id: 1, name: "shop-login", deed: { fail: "no" } },
    { id: 2, name: "actions/a", deed: { answer: 1 } },
  ];
  script.write([first, second]);
  expect(script.take("shop-login", "actions/b", {}, true)).toEqual(first);
  expect(script.take("shop-gate", "actions/a", {}, false)).toEqual(second);
  expect(script.take("shop-gate", "actions/b", { of: "the gate" }, true)).toBeUndefined();
});

test("a rule for a step also counts where a gate asks its check again", () => {
  const script = makeScript();
  script.write([{ id: 1, name: "shop-login", deed: { fail: "no" } }]);
  expect(script.take("shop-gate", "actions/login", { user: "a", page: "/" }, false)).toBeUndefined();
  expect(script.take("shop-login", "actions/login", { page: "/", user: "a" }, true)).toMatchObject({ id: 1 });
  expect(script.take("shop-gate", "actions/login", { user: "a", page: "/" }, false)).toMatchObject({ id: 1 });
  expect(script.take("shop-gate", "actions/login", { user: "b", page: "/" }, false)).toBeUndefined();
});

test("a rule that is used up makes place for the next one", () => {
  const script = makeScript();
  script.write([
    { id: 1, name: "step", deed: { fail: "twice" }, times: 2 },
    { id: 2, name: "step", deed: { answer: "then this" } },
  ]);
  const taken = [1, 2, 3, 4].map(() => script.take("step", "actions/a", {}, true)?.id);
  expect(taken).toEqual([1, 1, 2, 2]);
});

test("uses are kept in their order", () => {
  const script = makeScript();
  const use = { step: "step", action: "actions/a", rollout: "1-a", own: true };
  script.note({ ...use, how: "began" });
  script.note({ ...use, how: "ended" });
  expect(script.uses()).toEqual([
    { ...use, how: "began" },
    { ...use, how: "ended" },
  ]);
});
