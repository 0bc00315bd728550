/** The status of a commit, as GitHub, GitLab and a file tell it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ci } from "../../../actions/checks/ci.ts";
import { call } from "../../../components/call.ts";
import { act, closedAddress, serve, temporaryFolder } from "../../support/context.ts";
import { commit, githubCommit, gitlabJob, serveGithub, serveGitlab } from "../../support/forge.ts";

const ask = async (args: object, given: object = {}): Promise<string[]> => {
  const { result } = await act(ci, { provider: "github", repository: "kim/parcel", commit, ...args } as never, given);
  return [result.verdict, result.seen];
};

test("GitHub: statuses and check runs count, on all pages", async () => {
  const good = githubCommit(
    [["ci/jenkins", "success"]],
    [
      ["build", "success"],
      ["docs", "skipped"],
      ["test", "success"],
    ],
  );
  const { api } = await serveGithub(good, { pageSize: 1 });
  expect(await ask({ api, required: ["test", "ci/jenkins"] })).toEqual(["pass", "0123456: ci/jenkins, build, test"]);
  const bad = githubCommit(
    [["ci/jenkins", "error"]],
    [
      ["build", "success"],
      ["test", "cancelled"],
      ["lint", null],
    ],
  );
  expect(await ask({ api: (await serveGithub(bad)).api })).toEqual([
    "fail",
    "0123456: ci/jenkins error, test cancelled",
  ]);
});

test("GitLab: the last of each job counts, and one that may fail holds nothing up", async () => {
  const jobs = [
    gitlabJob(1, "test", "failed"),
    gitlabJob(7, "test", "success"),
    gitlabJob(3, "lint", "failed", { allow_failure: true }),
    gitlabJob(4, "deploy", "manual", { allow_failure: true }),
  ];
  const path = `/repository/commits/${commit}/statuses`;
  const gitlab = async (list: object[]) => ({ provider: "gitlab", api: (await serveGitlab({ [path]: list })).api });
  expect(await ask(await gitlab(jobs))).toEqual(["pass", "0123456: test"]);
  expect(await ask(await gitlab([...jobs, gitlabJob(9, "scan", "failed")]))).toEqual(["fail", "0123456: scan failed"]);
  expect(await ask(await gitlab([...jobs, gitlabJob(9, "go", "manual")]))).toEqual([
    ...["unknown", "0123456: still to end: go manual"],
  ]);
});

test("a file tells the same, of the commit it is about", async () => {
  const file = join(temporaryFolder(), "ci.json");
  const from = async (content: unknown, differing: object = {}): Promise<string[]> => {
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    const { result } = await act(ci, { provider: "file", file, commit, ...differing });
    return [result.verdict, result.seen.replace(file, "FILE")];
  };
  const status = (state: string) => ({ commit, statuses: [{ name: "build", state }] });
  expect(await from(status("success"))).toEqual(["pass", "0123456: build"]);
  expect(await from(status("failure"))).toEqual(["fail", "0123456: build failure"]);
  expect(await from(status("wonderful"))).toEqual(["fail", "0123456: build wonderful"]);
  expect(await from({ ...status("success"), commit: "f".repeat(40) })).toEqual([
    ...["unknown", "FILE is about fffffff, not 0123456: nobody has tested that"],
  ]);
  expect(await from("{")).toEqual(["unknown", "FILE is not JSON"]);
  expect((await from([]))[0]).toBe("unknown");
  const { result } = await act(ci, { provider: "file", file: "/none/ci.json", commit });
  expect([result.verdict, result.seen.includes("ENOENT")]).toEqual(["unknown", true]);
});

test("what is not decided, or was not tested, is unknown", async () => {
  const seen = async (content: object, args: object = {}) =>
    ask({ api: (await serveGithub({ ...content })).api, ...args });
  expect(await seen(githubCommit([], []))).toEqual([
    ...["unknown", "nobody has tested 0123456: there is no status of it"],
  ]);
  expect(await seen(githubCommit([], [["docs", "skipped"]]))).toEqual([
    ...["unknown", "nobody has tested 0123456: docs skipped"],
  ]);
  const running = githubCommit(
    [["e2e", "pending"]],
    [
      ["build", null],
      ["lint", "skipped"],
      ["test", "success"],
    ],
  );
  expect(await seen(running, { required: ["lint", "scan", "test"] })).toEqual([
    "unknown",
    "0123456: still to end: e2e pending, build in_progress; nothing heard of scan; required, but did not run: lint skipped",
  ]);
});

test("it waits for what is still to end, but not in a preview", async () => {
  let asked = 0;
  const api = await serve((request, response) => {
    if (request.url?.includes("check-runs")) return response.end('{"check_runs": []}');
    const state = ++asked < 3 ? "pending" : "success";
    return response.end(JSON.stringify({ statuses: [{ context: "build", state }] }));
  });
  const waiting = { api, waitSeconds: 5, everySeconds: 0.01 };
  expect((await ask(waiting, { rollout: "" }))[0]).toBe("unknown");
  expect(await ask(waiting)).toEqual(["pass", "0123456: build"]);
  expect(asked).toBe(3);
});

test("waiting has an end, and can be cut off", async () => {
  const { api } = await serveGithub(githubCommit([["build", "pending"]], []));
  expect(await ask({ api, waitSeconds: 0.1, everySeconds: 0.02 })).toEqual([
    ...["unknown", "0123456: still to end: build pending"],
  ]);
  const cut = await ask({ api, waitSeconds: 60, everySeconds: 60 }, { signal: AbortSignal.timeout(200) });
  expect(cut[0]).toBe("unknown");
});

test("nobody there, a name that is none, and no right cannot be judged", async () => {
  expect((await ask({ api: await closedAddress() }))[0]).toBe("unknown");
  expect((await ask({ api: "http://none.invalid/" }))[1]).toContain("none.invalid");
  const { api } = await serveGithub(githubCommit([], []), { token: "right" });
  expect(await ask({ api, token: "TOKEN" }, { secrets: { TOKEN: "wrong" } })).toEqual([
    ...["unknown", "GitHub does not accept the token (401): make a new one"],
  ]);
});

test("a commit that is none, and arguments of another provider, are refused", () => {
  const refused = (args: object) => () => call(ci, args as never);
  expect(refused({ provider: "github", repository: "kim/parcel", commit: "main" })).toThrow("→ at commit");
  expect(refused({ provider: "file", repository: "kim/parcel", commit })).toThrow('✖ Unrecognized key: "repository"');
  expect(refused({ provider: "bitbucket", commit })).toThrow("→ at provider");
});
