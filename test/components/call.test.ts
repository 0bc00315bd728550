/** Actions with their arguments, ready to become steps. */
import { expect, test } from "vitest";
import { freeSpace } from "../../actions/checks/free-space.ts";
import { http } from "../../actions/checks/http.ts";
import { decide } from "../../actions/rollout/decide.ts";
import { call, written } from "../../components/call.ts";
import { patience } from "../support/health.ts";

test("a call names its action, and has all its arguments, those that were left out too", () => {
  expect(call(http, { url: "http://127.0.0.1/" })).toEqual({
    action: "actions/checks/http",
    args: { url: "http://127.0.0.1/", status: 200, timeoutSeconds: 10 },
    ...{ survives: false, timeoutSeconds: 60, quick: true },
  });
  const { survives, timeoutSeconds } = call(decide, { revert: true, back: [], rest: [], patience });
  expect([survives, timeoutSeconds]).toEqual([true, 1800]);
});

test("wrong arguments are refused, all at once, and not repeated", () => {
  const args = { path: "", megabytes: "canary" };
  expect(() => call(freeSpace, args as never)).toThrow(
    new TypeError(
      [
        "actions/checks/free-space: its arguments are wrong",
        "✖ Too small: expected string to have >=1 characters",
        "  → at path",
        "✖ Invalid input: expected number, received string",
        "  → at megabytes",
      ].join("\n"),
    ),
  );
});

test("only name and arguments are written down where a call is one of several", () => {
  expect(written(call(freeSpace, { path: "p", megabytes: 1 }))).toEqual({
    ...{ action: "actions/checks/free-space", args: { path: "p", megabytes: 1, inodesPercent: 5 } },
  });
});
