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
  [
    "a part of the commit fails, and is shown as it is",
    ...([
      200,
      { release: "v2", commit: "a".repeat(12) },
      "fail",
      `URL: v2 answers with aaaaaaaaaaaa alone, want the whole commit ${commit}`,
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

const answering = (body: unknown, status = 200): Promise<string> =>
  serve((_, response) => response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body)));

async function ask(args: object, secrets = {}): Promise<string[]> {
  const { result } = await act(version, { url: "", release: "v2", commit, ...args }, { secrets });
  return [result.verdict, result.seen.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "URL")];
}

test("release and commit may stand elsewhere", async () => {
  const url = await answering({ build: { tag: "v2" }, commits: [{ sha: commit }] });
  const paths = { release: "build.tag", commit: "commits[0].sha" };
  expect(await ask({ url, paths })).toEqual(["pass", "URL: v2 (aaaaaaa)"]);
});

test("the first digits of a commit are enough only where that is said, and from the seventh on", async () => {
  const short = await answering({ release: "v2", commit: "aaaaaaa" });
  const shorter = await answering({ release: "v2", commit: "aaaaaa" });
  const other = await answering({ release: "v2", commit: "aaaaaab" });
  const longer = await answering({ release: "v2", commit: `${commit}0` });
  expect(await ask({ url: short, prefix: true })).toEqual(["pass", "URL: v2 (aaaaaaa)"]);
  const verdicts = await Promise.all(
    [{ url: short }, ...[shorter, other, longer].map((url) => ({ url, prefix: true }))].map(async (args) => ask(args)),
  );
  expect(verdicts.map(([answer]) => answer)).toEqual(["fail", "fail", "fail", "fail"]);
});

test("the platform's own newest release is asked with its token, and must be this one", async () => {
  const url = await answering({ release: "v2", commit });
  const platform = await serve(({ headers }, response) => {
    const right = headers.authorization === "Bearer t0ken" && headers.range === "version; order=desc, max=1";
    response.writeHead(right ? 206 : 401).end(JSON.stringify([{ description: "Deploy aaaaaaaa" }]));
  });
  const newest = {
    ...{ url: platform, path: "[0].description", equals: { matches: "^Deploy aaaaaaa" } },
    ...{ send: { range: "version; order=desc, max=1" }, bearer: "TOKEN" },
  };
  const secrets = { TOKEN: "t0ken" };
  expect(await ask({ url, newest }, secrets)).toEqual(["pass", "URL: v2 (aaaaaaa), the platform's newest too"]);
  expect(await ask({ url, newest: { ...newest, equals: "Deploy bbbbbbbb" } }, secrets)).toEqual([
    "fail",
    'the platform\'s newest release at URL: [0].description is "Deploy aaaaaaaa", want "Deploy bbbbbbbb"',
  ]);
  expect(await ask({ url, newest }, { TOKEN: "old" })).toEqual(["fail", "URL answered 401, want 200"]);
  expect(await ask({ url, newest: { ...newest, url: await closedAddress() } }, secrets)).toEqual([
    ...["unknown", expect.stringContaining("ECONNREFUSED") as string],
  ]);
  const page = await answering("<html>");
  expect(await ask({ url, newest: { ...newest, url: page } }, secrets)).toEqual([
    ...["fail", "URL answered 200, but not with JSON"],
  ]);
});
