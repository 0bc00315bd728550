import { type Forge, textAt } from "./forge.ts";

/** A pull or merge request, and what people said of it. */
export interface Request {
  /** As people write it: `#12`, `!12`. */
  readonly name: string;
  readonly state: "merged" | "open" | "closed";
  /** Title and description. */
  readonly text: string;
  /** Who approves of it, but for its author. */
  readonly approvers: readonly string[];
  /** What holds it up, in words. */
  readonly objections: readonly string[];
}

/** The pull requests that hold a commit. */
export async function githubRequests(forge: Forge, commit: string): Promise<Request[]> {
  const pulls = await forge.list(`/commits/${commit}/pulls`);
  return Promise.all(
    pulls.map(async (pull): Promise<Request> => {
      const number = textAt(pull, "number");
      const author = textAt(pull, "user.login");
      const merged = textAt(pull, "merged_at") !== "";
      const latest = new Map<string, string>();
      // In the order of time. Comments change nothing in what somebody has said before; a dismissal does.
      for (const review of await forge.list(`/pulls/${number}/reviews`)) {
        const [who, state] = [textAt(review, "user.login"), textAt(review, "state").toUpperCase()];
        if (who !== "" && who !== author && !["COMMENTED", "PENDING"].includes(state)) latest.set(who, state);
      }
      const those = (state: string): string[] => [...latest].filter(([, said]) => said === state).map(([who]) => who);
      return {
        name: `#${number}`,
        state: merged ? "merged" : textAt(pull, "state") === "open" ? "open" : "closed",
        text: `${textAt(pull, "title")}\n${textAt(pull, "body")}`,
        approvers: those("APPROVED"),
        objections: those("CHANGES_REQUESTED").map((who) => `${who} wants changes`),
      };
    }),
  );
}

/** The merge requests that hold a commit. */
export async function gitlabRequests(forge: Forge, commit: string): Promise<Request[]> {
  const requests = await forge.list(`/repository/commits/${commit}/merge_requests`);
  return Promise.all(
    requests.map(async (one): Promise<Request> => {
      const number = textAt(one, "iid");
      const author = textAt(one, "author.username");
      const approvals = await forge.read(`/merge_requests/${number}/approvals`);
      const discussions = await forge.list(`/merge_requests/${number}/discussions`);
      const unresolved = discussions.filter((discussion) => entries(discussion.notes).some(isUnresolved)).length;
      const approvers = entries(approvals.approved_by).map((approval) => textAt(approval, "user.username"));
      const state = textAt(one, "state");
      return {
        name: `!${number}`,
        state: state === "merged" ? "merged" : state === "closed" ? "closed" : "open",
        text: `${textAt(one, "title")}\n${textAt(one, "description")}`,
        approvers: [...new Set(approvers)].filter((who) => who !== "" && who !== author),
        objections:
          unresolved === 0 ? [] : [`${unresolved} ${unresolved === 1 ? "thread is" : "threads are"} not resolved`],
      };
    }),
  );
}

const entries = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value)
    ? value.filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null)
    : [];

const isUnresolved = (note: Record<string, unknown>): boolean => note.resolvable === true && note.resolved !== true;
