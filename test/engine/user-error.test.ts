import { expect, test } from "vitest";
import { refuse, UserError } from "../../engine/user-error.ts";

test("a refusal says what is refused and ends in the words that callers look for", () => {
  expect(refuse("--target").message).toBe("--target needs the Pulumi CLI");
  expect(refuse("x")).toBeInstanceOf(UserError);
  expect(new UserError("no stack", 6).exitCode).toBe(6);
});
