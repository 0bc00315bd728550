/** A small forge on the loopback: of GitHub's and GitLab's REST interfaces what the checks ask, in the documented shapes. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { serve } from "./context.ts";

/** Lists and objects by path below the project; of lists a page is given at a time. */
export type ForgeContent = Readonly<Record<string, unknown>>;

export interface ForgeOptions {
  /** What may read; default: everybody. */
  readonly token?: string;
  /** Entries on a page at most; what is asked for may be less. */
  readonly pageSize?: number;
  /** Answers every request with this instead. */
  readonly instead?: (response: ServerResponse) => void;
}

export interface TestForge {
  readonly api: string;
  /** Paths with queries, in the order they were asked. */
  readonly asked: readonly string[];
}

export const commit = "0123456789abcdef0123456789abcdef01234567";

/** GitHub: the project kim/parcel, pages by the header Link. */
export const serveGithub = (content: ForgeContent, options: ForgeOptions = {}): Promise<TestForge> =>
  serveForge("/repos/kim/parcel", content, options, {
    tokenOf: ({ headers }) => headers.authorization?.replace(/^Bearer /, ""),
    refused: { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
    nextPage: (url, page, response) => {
      url.searchParams.set("page", String(page));
      response.setHeader("link", `<${url.href}>; rel="next", <${url.origin}${url.pathname}?page=9>; rel="last"`);
    },
  });

/** GitLab: the project kim/parcel, pages by the header x-next-page. */
export const serveGitlab = (content: ForgeContent, options: ForgeOptions = {}): Promise<TestForge> =>
  serveForge("/projects/kim%2Fparcel", content, options, {
    tokenOf: ({ headers }) => [headers["private-token"]].flat()[0],
    refused: { message: "404 Project Not Found" },
    nextPage: (_, page, response) => {
      response.setHeader("x-next-page", page);
    },
  });

interface Ways {
  readonly tokenOf: (request: IncomingMessage) => string | undefined;
  readonly refused: object;
  readonly nextPage: (url: URL, page: number, response: ServerResponse) => void;
}

async function serveForge(
  base: string,
  content: ForgeContent,
  { token, pageSize = 100, instead }: ForgeOptions,
  { tokenOf, refused, nextPage }: Ways,
): Promise<TestForge> {
  const asked: string[] = [];
  const api = await serve((request, response) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? ""}`);
    asked.push(`${url.pathname}${url.search}`.replace(base, ""));
    response.setHeader("content-type", "application/json; charset=utf-8");
    if (instead) {
      instead(response);
      return;
    }
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status).end(JSON.stringify(body));
    };
    const path = url.pathname.slice(base.length);
    const found = content[`${path}${url.searchParams.has("labels") ? `?${url.searchParams.get("labels") ?? ""}` : ""}`];
    // Neither tells a stranger that there is something to read.
    if (token !== undefined && tokenOf(request) === undefined) answer(404, refused);
    else if (token !== undefined && tokenOf(request) !== token) answer(401, { message: "Bad credentials" });
    else if (!url.pathname.startsWith(base) || found === undefined) answer(404, refused);
    else {
      const page = Number(url.searchParams.get("page") ?? 1);
      const size = Math.min(pageSize, Number(url.searchParams.get("per_page") ?? 30));
      const { body, more } = pageOf(found, page, size);
      if (more) nextPage(url, page + 1, response);
      answer(200, body);
    }
  });
  return { api, asked };
}

/** A page of a list, which may stand under a key, as in `{"total_count": 3, "check_runs": [...]}`. */
function pageOf(found: unknown, page: number, size: number): { body: unknown; more: boolean } {
  const cut = (list: readonly unknown[]): unknown[] => list.slice((page - 1) * size, page * size);
  if (Array.isArray(found)) return { body: cut(found), more: found.length > page * size };
  const [key, list] = Object.entries(found as object).find(([, value]) => Array.isArray(value)) ?? [];
  if (key === undefined || !Array.isArray(list) || key === "approved_by") return { body: found, more: false };
  return {
    body: { ...(found as object), total_count: list.length, [key]: cut(list) },
    more: list.length > page * size,
  };
}

const user = (login: string) => ({ login, id: 1, type: "User" });

/** What GitHub says of a commit: statuses of services, and check runs as `[name, conclusion]`, null while it runs. */
export const githubCommit = (
  statuses: readonly (readonly [string, string])[],
  runs: readonly (readonly [string, string | null])[],
): ForgeContent => ({
  [`/commits/${commit}/status`]: {
    state: "pending",
    sha: commit,
    statuses: statuses.map(([context, state], id) => ({ id, context, state, description: null, target_url: null })),
  },
  [`/commits/${commit}/check-runs`]: {
    check_runs: runs.map(([name, conclusion], id) => ({
      ...{ id, name, conclusion, head_sha: commit, status: conclusion === null ? "in_progress" : "completed" },
    })),
  },
});

export const githubPull = (number: number, differing: object = {}) => ({
  ...{ number, state: "closed", merged_at: "2026-01-02T03:04:05Z", draft: false, user: user("kim") },
  ...{ title: "Let customers insure a parcel", body: null, head: { sha: commit } },
  ...differing,
});

export const githubReview = (login: string, state: string) => ({
  ...{ id: 80, user: user(login), state, body: "", commit_id: commit, submitted_at: "2026-01-02T03:04:05Z" },
});

export const githubIssue = (number: number, title: string, differing: object = {}) => ({
  ...{ number, title, state: "open", labels: [{ name: "P0" }], user: user("kim") },
  ...differing,
});

/** A job of a pipeline, as GitLab lists it among a commit's statuses. */
export const gitlabJob = (id: number, name: string, status: string, differing: object = {}) => ({
  ...{ id, sha: commit, ref: "main", name, status, allow_failure: false, target_url: null },
  ...differing,
});

export const gitlabRequest = (iid: number, differing: object = {}) => ({
  ...{ id: 1000 + iid, iid, state: "merged", title: "Let customers insure a parcel", description: "" },
  ...{ author: { id: 1, username: "kim" }, sha: commit },
  ...differing,
});

export const gitlabApprovals = (...usernames: string[]) => ({
  approvals_required: 1,
  approved_by: usernames.map((username, id) => ({ user: { id, username, state: "active" } })),
});

export const gitlabThread = (resolvable: boolean, resolved: boolean) => ({
  ...{ id: "6a9c", individual_note: false, notes: [{ id: 1, body: "Why?", resolvable, resolved }] },
});
