/** Requests of two forges in one shape. How they are judged is shown in review.test.ts. */
import { expect, test } from "vitest";
import { openForge } from "../../../actions/checks/forge.ts";
import { githubRequests, gitlabRequests } from "../../../actions/checks/review-requests.ts";
import { makeContext } from "../../support/context.ts";
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

const args = { repository: "kim/parcel", timeoutSeconds: 5 };

test("a pull request", async () => {
  const reviews = ["APPROVED", "PENDING"].map((state) => githubReview("lee", state));
  const content = { [`/commits/${commit}/pulls`]: [githubPull(12)], "/pulls/12/reviews": reviews };
  const forge = openForge(
    { ...args, provider: "github", api: (await serveGithub(content)).api },
    makeContext().context,
  );
  expect(await githubRequests(forge, commit)).toEqual([
    { name: "#12", state: "merged", text: "Let customers insure a parcel\n", approvers: ["lee"], objections: [] },
  ]);
});

test("a merge request", async () => {
  const content = {
    [`/repository/commits/${commit}/merge_requests`]: [gitlabRequest(5, { state: "locked" })],
    "/merge_requests/5/approvals": gitlabApprovals("lee"),
    "/merge_requests/5/discussions": [gitlabThread(true, false), gitlabThread(true, false)],
  };
  const forge = openForge(
    { ...args, provider: "gitlab", api: (await serveGitlab(content)).api },
    makeContext().context,
  );
  const objections = ["2 threads are not resolved"];
  expect(await gitlabRequests(forge, commit)).toEqual([
    { name: "!5", state: "open", text: "Let customers insure a parcel\n", approvers: ["lee"], objections },
  ]);
});
