/** Asking a forge: pages, tokens, rate limits, and answers that are none. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import * as z from "zod";
import { brief, type ForgeArgs, forgeFields, openForge, textAt } from "../../../actions/checks/forge.ts";
import { closedAddress, makeContext } from "../../support/context.ts";
import { serveGithub, serveGitlab } from "../../support/forge.ts";

const open = (api: string, differing: Partial<ForgeArgs> = {}) => {
  const { context } = makeContext({ secrets: { TOKEN: "right", OTHER: "wrong" } });
  const args: ForgeArgs = { provider: "github", api, repository: "kim/parcel", timeoutSeconds: 1, ...differing };
  return openForge(args, context);
};

const five = [1, 2, 3, 4, 5].map((number) => ({ number }));

test("all pages of a list are read, whatever way they are linked", async () => {
  const github = await serveGithub({ "/issues": five, "/runs": { check_runs: five } }, { pageSize: 2 });
  expect(await open(`${github.api}/`).list("/issues?state=open")).toEqual(five);
  expect(github.asked.slice(0, 2)).toEqual([
    "/issues?state=open&per_page=100",
    "/issues?state=open&per_page=100&page=2",
  ]);
  expect(await open(github.api).list("/runs", "check_runs")).toEqual(five);
  const gitlab = await serveGitlab({ "/issues": five, "/issues/1": { iid: 1 } }, { pageSize: 2 });
  expect(await open(gitlab.api, { provider: "gitlab" }).list("/issues")).toEqual(five);
  expect(await open(gitlab.api, { provider: "gitlab" }).read("/issues/1")).toEqual({ iid: 1 });
});

test.each(["github", "gitlab"] as const)("%s: a token is sent, and what is wrong with it is said", async (provider) => {
  const serveIt = provider === "github" ? serveGithub : serveGitlab;
  const name = provider === "github" ? "GitHub" : "GitLab";
  const { api } = await serveIt({ "/issues": five }, { token: "right" });
  expect(await open(api, { provider, token: "TOKEN" }).list("/issues")).toEqual(five);
  await expect(open(api, { provider, token: "OTHER" }).list("/issues")).rejects.toThrow(
    `${name} does not accept the token (401): make a new one`,
  );
  const unknown = `${name} knows no such repository or commit in kim/parcel (404): push it, or`;
  await expect(open(api, { provider }).list("/issues")).rejects.toThrow(`${unknown} name a token if it is private`);
  await expect(open(api, { provider, token: "TOKEN" }).list("/none")).rejects.toThrow(
    `${unknown} give the token the right to read it`,
  );
  expect(() => open(api, { provider, token: "NONE" })).toThrow("was not given the secret NONE");
});

const reset = String(Date.parse("2026-01-02T03:04:05Z") / 1000);

test.each<[string, (response: ServerResponse) => void, string]>([
  [
    "the limit of an hour",
    (response) =>
      response.writeHead(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }).end('{"message":"API"}'),
    "GitHub's rate limit is used up: try again at 03:04 UTC, or with a token",
  ],
  [
    "a limit of a moment",
    (response) => response.writeHead(429, { "retry-after": "30" }).end(),
    "GitHub's rate limit is used up: try again in 30 s, or with a token",
  ],
  [
    "a limit by words only",
    (response) => response.writeHead(403).end('{"message":"You have exceeded a secondary rate limit."}'),
    "GitHub's rate limit is used up: try again in a minute, or with a token",
  ],
  [
    "no right",
    (response) => response.writeHead(403).end("{}"),
    "GitHub lets nobody without a token read kim/parcel (403): name one",
  ],
  [
    "no such commit",
    (response) => response.writeHead(422).end("{}"),
    "GitHub knows no such commit in kim/parcel (422)",
  ],
  [
    "a repository that was renamed",
    (response) => response.writeHead(301, { location: "/repositories/1" }).end(),
    "GitHub has moved kim/parcel (301): name its new place",
  ],
  ["a fault", (response) => response.writeHead(502).end("<html>"), "GitHub answered 502"],
  ["what is no JSON", (response) => response.end("<html>"), "GitHub answered 200, but not with JSON"],
  ["another shape", (response) => response.end('{"message":"x"}'), "GitHub answered /issues with something other than"],
  ["a list of other things", (response) => response.end("[1]"), "GitHub answered 200, but not as documented"],
  [
    "a next page elsewhere",
    (response) => response.setHeader("link", '<http://127.0.0.1:1/x>; rel="next"').end("[]"),
    "GitHub says that the next page is at http://127.0.0.1:1, which is not asked",
  ],
  [
    "a list without end",
    (response) => response.setHeader("link", '</issues?again>; rel="next"').end("[]"),
    "GitHub lists more than 2000 at /issues",
  ],
  ["an answer without end", (response) => response.write("["), "The operation was aborted due to timeout"],
])("%s is said", async (_, instead, words) => {
  const { api } = await serveGithub({}, { instead });
  await expect(open(api).list("/issues")).rejects.toThrow(words);
});

test("nobody there is an error", async () => {
  await expect(open(await closedAddress()).list("/issues")).rejects.toThrow("fetch failed");
});

test("texts are found at paths, without what moves a cursor, and made short", () => {
  const entry = { user: { login: "k\u001b[2Jim" }, number: 7, body: null };
  expect(["user.login", "number", "body", "none.at.all"].map((path) => textAt(entry, path))).toEqual([
    ...["kim", "7", "", ""],
  ]);
  expect(brief(`a\n b${"x".repeat(100)}`)).toMatch(/^a bx{53} \.\.\.$/);
});

test.each([
  ["kim/parcel", true],
  ["group/sub/parcel", true],
  ["42", true],
  ["parcel", false],
  ["kim/parcel?x", false],
  ["kim/.github", true],
  ["../..", false],
  ["kim/..", false],
])("the repository %s is accepted: %s", (repository, accepted) => {
  expect(z.strictObject(forgeFields(z)).safeParse({ repository }).success).toBe(accepted);
});
