/** Which rate counts as the one before, and what is filled in where a pipeline says nothing. */
import { expect, test } from "vitest";
import * as z from "zod";
import { standardOf, startWith, termsSchema } from "../../../actions/watch/terms.ts";
import { usualErrors } from "../../../release/error-rate.ts";

const source = { action: "actions/watch/sampler", args: { url: "http://127.0.0.1/" } };
const terms = termsSchema(z).parse({ source });
const counted = { requests: 10, errors: 1 };
const kept = { rollout: "1-a", requests: 20, errors: 2 };

test("half an hour, three times the rate before, one in a thousand is always acceptable", () => {
  expect(terms).toEqual({ source, minutes: 30, everySeconds: 10, worseBy: 3, acceptablePercent: 0.1 });
  expect(standardOf(terms)).toEqual({ worseBy: 3, acceptable: 0.001, ...usualErrors });
});

test("a call in a pipeline may bring more than its name and its arguments", () => {
  expect(termsSchema(z).parse({ source: { ...source, quick: false, timeoutSeconds: 300 } }).source).toEqual(source);
});

test.each([
  { minutes: 0 },
  { minutes: 111 },
  { worseBy: 1 },
  { acceptablePercent: 100 },
  { beforePercent: 100 },
  { x: 1 },
])("%j is refused", (wrong) => {
  expect(termsSchema(z).safeParse({ source, ...wrong }).success).toBe(false);
});

test("what somebody gives counts more than what was counted, that more than what was seen once", () => {
  expect(startWith({ ...terms, beforePercent: 2 }, counted, kept)).toEqual({
    ...{ before: { rate: 0.02 }, beforeFrom: "as given" },
  });
  expect(startWith(terms, counted, kept)).toEqual({ before: counted, beforeFrom: "counted before the switch" });
  const seen = { before: { requests: 20, errors: 2 }, beforeFrom: "seen when rollout 1-a was watched" };
  expect(startWith(terms, { requests: 0, errors: 0 }, kept)).toEqual(seen);
  expect(startWith(terms, undefined, kept)).toEqual(seen);
  expect(startWith(terms, undefined, undefined)).toEqual({ beforeFrom: "nobody knows" });
});
