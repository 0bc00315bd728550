/** Issues that are open, as GitHub and GitLab list them. */
import { expect, test } from "vitest";
import { openIssues } from "../../../actions/checks/open-issues.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress } from "../../support/context.ts";
import { githubIssue, serveGithub, serveGitlab } from "../../support/forge.ts";

const ask = async (args: object): Promise<string[]> => {
  const { result } = await act(openIssues, {
    ...{ provider: "github", repository: "kim/parcel", labels: ["P0", "P1"], ...args },
  } as never);
  return [result.verdict, result.seen];
};

test("an open issue with one of the labels fails, each once; pull requests are none", async () => {
  const long = `Checkout loses the parcel ${"x".repeat(100)}`;
  const content = {
    "/issues?P0": [githubIssue(9, "Nobody can log in"), githubIssue(11, "A mend", { pull_request: { url: "x" } })],
    "/issues?P1": [githubIssue(12, long), githubIssue(9, "Nobody can log in")],
  };
  const { api, asked } = await serveGithub(content, { pageSize: 1 });
  expect(await ask({ api })).toEqual([
    "fail",
    `2 issues are open, labelled P0 or P1: #9 Nobody can log in, #12 ${long.slice(0, 56)} ...`,
  ]);
  expect(asked[0]).toBe("/issues?state=open&labels=P0&per_page=100");
});

test("none passes", async () => {
  const { api } = await serveGithub({ "/issues?P0": [], "/issues?P1": [] });
  expect(await ask({ api })).toEqual(["pass", "no open issue is labelled P0 or P1"]);
});

test("GitLab's issues have numbers of their project", async () => {
  const { api, asked } = await serveGitlab({
    "/issues?priority::1": [{ id: 1007, iid: 7, title: "Slow", state: "opened" }],
  });
  expect(await ask({ provider: "gitlab", api, labels: ["priority::1"] })).toEqual([
    ...["fail", "1 issue is open, labelled priority::1: #7 Slow"],
  ]);
  expect(asked).toEqual(["/issues?state=opened&labels=priority%3A%3A1&per_page=100"]);
});

test("nobody there, and no such repository, cannot be judged", async () => {
  expect((await ask({ api: await closedAddress() }))[0]).toBe("unknown");
  expect((await ask({ api: (await serveGithub({})).api }))[1]).toContain("GitHub knows no such repository");
});

test("no label, and two in one, are refused", () => {
  const args = { provider: "github", repository: "kim/parcel" } as const;
  expect(() => call(openIssues, { ...args, labels: [] })).toThrow("✖ Too small: expected array to have >=1 items");
  expect(() => call(openIssues, { ...args, labels: ["P0,P1"] })).toThrow(
    "✖ has a comma, which separates labels: name them one by one",
  );
});
