/** What a check says that has cleaned up behind itself. */
import { expect, test } from "vitest";
import { afterCleanUp } from "../../../actions/checks/clean-up.ts";
import { fail, pass, unknown } from "../../../actions/check.ts";

test("what is left makes a pass a warning, changes no other verdict, and is said", () => {
  expect(afterCleanUp(pass("good"), [])).toEqual(pass("good"));
  expect(afterCleanUp(pass("good"), ["a", "b"])).toEqual({ verdict: "warn", seen: "good; not cleaned up: a; b" });
  expect(afterCleanUp(fail("bad"), ["a"])).toEqual(fail("bad; not cleaned up: a"));
  expect(afterCleanUp(unknown("dark"), ["a"])).toEqual(unknown("dark; not cleaned up: a"));
});
