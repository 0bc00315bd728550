/** Counts are added up. */
import { expect, test } from "vitest";
import { nothing, sum } from "../../../actions/watch/reading.ts";

test("the sum of counts, and of none", () => {
  const counts = [
    { requests: 3, errors: 1 },
    { requests: 4, errors: 0 },
  ];
  expect([sum(counts), sum([])]).toEqual([{ requests: 7, errors: 1 }, nothing]);
});
