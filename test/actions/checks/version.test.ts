/** The check that the release that was switched to is the one that answers. */
import { expect, test } from "vitest";
import { version } from "../../../actions/checks/version.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve } from "../../support/context.ts";

const commit = "a".repeat(40);

async function verdict(url: string): Promise<string[]> {
  const { result } = await act(version, { url, release: "v2", commit });
  return [result.verdict, result.seen.replace(url, "URL")];
}

test.each<[string, number, unknown, string, string]>([
  ["the release and its commit pass", 200, { release: "v2", commit }, "pass", "URL: v2 (aaaaaaa)"],
  [
    "another release fails",
    ...([200, { release: "v1", commit }, "fail", "URL: v1 (aaaaaaa) answers, want v2 (aaaaaaa)"] as const),
  ],
  [
    "another commit fails",
    ...([
      200,
      { release: "v2", commit: "b".repeat(40) },
      "fail",
      "URL: v2 (bbbbbbb) answers, want v2 (aaaaaaa)",
    ] as const),
  ],
  ["an answer without either fails", 200, null, "fail", "URL: undefined (undefin) answers, want v2 (aaaaaaa)"],
  ["another status fails", 500, {}, "fail", "URL answered 500, want 200"],
])("%s", async (_, status, body, answer, seen) => {
  const url = await serve((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
  expect(await verdict(url)).toEqual([answer, seen]);
});

test("what is no JSON fails; of no answer nothing can be said", async () => {
  const page = await serve((_, response) => response.end("<html>"));
  expect(await verdict(page)).toEqual(["fail", "URL answered 200, but not with JSON"]);
  const [answer] = await verdict(await closedAddress());
  expect(answer).toBe("unknown");
});

test("half a commit is refused", () => {
  expect(() => call(version, { url: "http://localhost", release: "v2", commit: "abc1234" })).toThrow(
    new TypeError(
      "actions/checks/version: its arguments are wrong\n✖ Invalid string: must match pattern /^[0-9a-f]{40}$/\n  → at commit",
    ),
  );
});
