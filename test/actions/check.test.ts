/** What all checks have in common: four answers, one line, and nothing thrown. */
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { type CheckNeeds, defineCheck, fail, pass, reason, unknown, warn } from "../../actions/check.ts";
import { act } from "../support/context.ts";

const saying = (answer: () => Promise<ReturnType<typeof pass>>) =>
  defineCheck(import.meta.url, (z) => z.strictObject({}), answer);
const from = hostname();
const now: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

test.each([pass, warn, fail, unknown])("an answer says what was seen, and from where", async (answer) => {
  const { result } = await act(
    saying(() => Promise.resolve(answer("all of it"))),
    {},
  );
  expect(result).toEqual({ ...answer("all of it"), from, at: now });
});

test("what a check throws is unknown, with the innermost reason", async () => {
  const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED" });
  const { result } = await act(
    saying(() => Promise.reject(new TypeError("fetch failed", { cause }))),
    {},
  );
  expect(result).toEqual({ verdict: "unknown", seen: "connect ECONNREFUSED 127.0.0.1:9", from, at: now });
});

test("where another release serves, a check cannot tell", async () => {
  const needs: CheckNeeds = { SERVING: { release: "v1.0.0" } };
  const { result } = await act(
    saying(() => Promise.resolve(pass("well"))),
    {},
    { needs },
  );
  expect(result).toEqual({ verdict: "unknown", seen: "v1.0.0 serves, not v1.1.0", from, at: now });
  const same = await act(
    saying(() => Promise.resolve(pass("well"))),
    {},
    { needs: { SERVING: { release: "v1.1.0" } } },
  );
  expect(same.result.verdict).toBe("pass");
});

test("what was seen is cut: it must fit into a receipt with many others", async () => {
  const { result } = await act(
    saying(() => Promise.resolve(fail("é".repeat(1000)))),
    {},
  );
  expect(result.seen).toBe(`${"é".repeat(198)} ...`);
});

test.each<[unknown, string]>([
  ["words", "words"],
  [new Error("outer", { cause: new Error("inner", { cause: "innermost" }) }), "innermost"],
  [Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  [new Error(""), ""],
])("the reason of %s", (error, words) => {
  expect(reason(error)).toBe(words);
});
