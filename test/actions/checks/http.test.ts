/** The check of one page: pass, fail, cannot tell, and arguments that say too little. */
import { expect, test } from "vitest";
import { http } from "../../../actions/checks/http.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";

const verdict = async (args: Parameters<typeof act<never, object, { verdict: string; seen: string }, object>>[1]) => {
  const { result } = await act(http, args as { url: string });
  return [result.verdict, result.seen];
};
const page = (): Promise<string> =>
  serve((request, response) => response.writeHead(request.url === "/" ? 200 : 404).end("<form>Log in</form>"));

test("a page that answers as expected passes", async () => {
  const url = `${await page()}/`;
  expect(await verdict({ url })).toEqual(["pass", `${url} answered 200`]);
  expect(await verdict({ url, contains: "<form" })).toEqual(["pass", `${url} answered 200`]);
  expect(await verdict({ url: `${url}none`, status: 404 })).toEqual(["pass", `${url}none answered 404`]);
});

test("another status, and a page without the words, fail", async () => {
  const url = `${await page()}/`;
  expect(await verdict({ url: `${url}none` })).toEqual(["fail", `${url}none answered 404, want 200`]);
  expect(await verdict({ url, contains: "Welcome" })).toEqual(["fail", `${url} answered 200, but without "Welcome"`]);
});

test("nobody there, and nobody in time, cannot be judged", async () => {
  const url = await closedAddress();
  expect(await verdict({ url })).toEqual(["unknown", `connect ECONNREFUSED 127.0.0.1:${new URL(url).port}`]);
  const silent = await serve(() => undefined);
  expect(await verdict({ url: silent, timeoutSeconds: 0.1 })).toEqual([
    "unknown",
    "The operation was aborted due to timeout",
  ]);
});

test("wrong arguments are refused, all at once", () => {
  const args = { url: "nowhere", status: 99, contains: "", timeoutSeconds: 301, expected: 1 };
  expect(() => call(http, args)).toThrow(
    new TypeError(
      [
        "actions/checks/http: its arguments are wrong",
        '✖ Unrecognized key: "expected"',
        "✖ Invalid URL",
        "  → at url",
        "✖ Too small: expected number to be >=100",
        "  → at status",
        "✖ Too small: expected string to have >=1 characters",
        "  → at contains",
        "✖ Too big: expected number to be <=300",
        "  → at timeoutSeconds",
      ].join("\n"),
    ),
  );
});
