/** Who has reviewed a commit, as GitHub and GitLab tell it. */
import { expect, test } from "vitest";
import { review } from "../../../actions/checks/review.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress } from "../../support/context.ts";
import {
  commit,
  githubPull,
  githubReview,
  gitlabApprovals,
  gitlabRequest,
  gitlabThread,
  serveGithub,
  serveGitlab,
} from "../../support/forge.ts";

const ask = async (args: object): Promise<string[]> => {
  const given = { provider: "github", repository: "kim/parcel", commit, ...args };
  const { result } = await act(review, given as never);
  return [result.verdict, result.seen];
};

async function github(reviews: readonly object[], pull: object = {}, args: object = {}): Promise<string[]> {
  const content = { [`/commits/${commit}/pulls`]: [githubPull(12, pull)], "/pulls/12/reviews": reviews };
  return ask({ api: (await serveGithub(content, { pageSize: 1 })).api, ...args });
}

test("GitHub: approvals of others count, each person's last word", async () => {
  const approved = githubReview("lee", "APPROVED");
  expect(await github([approved])).toEqual(["pass", "#12 (merged) holds 0123456, approved by lee"]);
  expect(await github([githubReview("lee", "CHANGES_REQUESTED"), approved, githubReview("lee", "COMMENTED")])).toEqual([
    ...["pass", "#12 (merged) holds 0123456, approved by lee"],
  ]);
  expect(await github([approved], { state: "open", merged_at: null })).toEqual([
    ...["pass", "#12 (open) holds 0123456, approved by lee"],
  ]);
  const few = "#12: 0 of 1 approvals by others than its author";
  expect(await github([])).toEqual(["fail", few]);
  expect(await github([githubReview("kim", "APPROVED")])).toEqual(["fail", few]);
  expect(await github([githubReview("lee", "DISMISSED")])).toEqual(["fail", few]);
  expect(await github([approved], {}, { approvals: 2 })).toEqual([
    ...["fail", "#12: 1 of 2 approvals by others than its author"],
  ]);
  expect(await github([approved, githubReview("sam", "CHANGES_REQUESTED")])).toEqual([
    "fail",
    "#12: sam wants changes",
  ]);
  expect(await github([approved], { merged_at: null })).toEqual(["fail", "#12: was closed without being merged"]);
});

test("a work order is looked for in title and description", async () => {
  const approved = [githubReview("lee", "APPROVED")];
  const workOrder = "WO-\\d+";
  expect(await github(approved, { body: "For WO-77.\n" }, { workOrder })).toEqual([
    ...["pass", "#12 (merged) holds 0123456, approved by lee, WO-77"],
  ]);
  expect(await github(approved, {}, { workOrder })).toEqual(["fail", "#12: names no work order (WO-\\d+)"]);
});

test("one good request of several is enough; without any, nobody has reviewed", async () => {
  const content = {
    [`/commits/${commit}/pulls`]: [githubPull(11, { merged_at: null }), githubPull(12)],
    "/pulls/11/reviews": [],
    "/pulls/12/reviews": [githubReview("lee", "APPROVED")],
  };
  expect((await ask({ api: (await serveGithub(content)).api }))[0]).toBe("pass");
  const none = await serveGithub({ [`/commits/${commit}/pulls`]: [] });
  expect(await ask({ api: none.api })).toEqual(["fail", "no pull request holds 0123456: nobody has reviewed it"]);
});

test("GitLab: approvals of others count, and threads that are not resolved", async () => {
  const gitlab = async (approvals: object, threads: readonly object[], request: object = {}): Promise<string[]> => {
    const content = {
      [`/repository/commits/${commit}/merge_requests`]: [gitlabRequest(5, request)],
      "/merge_requests/5/approvals": approvals,
      "/merge_requests/5/discussions": threads,
    };
    return ask({ provider: "gitlab", api: (await serveGitlab(content, { pageSize: 1 })).api });
  };
  const lee = gitlabApprovals("lee", "kim");
  expect(await gitlab(lee, [gitlabThread(true, true), gitlabThread(false, false)])).toEqual([
    ...["pass", "!5 (merged) holds 0123456, approved by lee"],
  ]);
  expect(await gitlab(lee, [gitlabThread(true, true), gitlabThread(true, false)])).toEqual([
    ...["fail", "!5: 1 thread is not resolved"],
  ]);
  expect(await gitlab(gitlabApprovals("kim"), [])).toEqual(["fail", "!5: 0 of 1 approvals by others than its author"]);
  expect(await gitlab(lee, [], { state: "closed" })).toEqual(["fail", "!5: was closed without being merged"]);
  expect((await gitlab(lee, [], { state: "opened" }))[0]).toBe("pass");
});

test("nobody there, and a commit that is not known, cannot be judged", async () => {
  expect((await ask({ api: await closedAddress() }))[0]).toBe("unknown");
  expect((await ask({ api: (await serveGithub({})).api }))[1]).toContain("GitHub knows no such repository or commit");
});

test("no approval at all, and a pattern that is none, are refused", () => {
  const args = { provider: "github", repository: "kim/parcel", commit } as const;
  expect(() => call(review, { ...args, approvals: 0 })).toThrow("✖ Too small: expected number to be >=1");
  expect(() => call(review, { ...args, workOrder: "(" })).toThrow("✖ is no regular expression");
});
