// What people can mend carries its exit code.
import { expect, test } from "vitest";
import { Problem } from "../../cli/problem.ts";

test("1 unless it says otherwise", () => {
  expect([new Problem("a").exitCode, new Problem("b", 2).exitCode]).toEqual([1, 2]);
});
