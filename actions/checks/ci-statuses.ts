import { readFile } from "node:fs/promises";
import { Refusal } from "../action.ts";
import { pass, fail, unknown, type Verdict } from "../check.ts";
import { brief, type Entry, type Forge, textAt } from "./forge.ts";

/** What one job or service says of a commit. */
export interface Status {
  readonly name: string;
  readonly kind: "good" | "bad" | "pending" | "not run";
  /** In the words of where it comes from. */
  readonly state: string;
}

type Answer = Pick<Verdict, "verdict" | "seen">;

/** What the states of GitHub, GitLab and a file mean; one that nobody knows is bad. */
const kinds: Readonly<Record<Status["kind"], readonly string[]>> = {
  good: ["success", "passed"],
  bad: [
    "failure",
    "failed",
    "error",
    "cancelled",
    "canceled",
    "timed_out",
    "action_required",
    "startup_failure",
    "stale",
  ],
  pending: [
    ...["pending", "queued", "in_progress", "waiting", "requested", "created", "waiting_for_resource", "preparing"],
    ...["running", "scheduled", "canceling", "waiting_for_callback"],
  ],
  "not run": ["skipped", "neutral"],
};

const kindOf = (state: string): Status["kind"] =>
  (Object.keys(kinds) as Status["kind"][]).find((kind) => kinds[kind].includes(state)) ?? "bad";

const statusOf = (name: string, state: string): Status => ({ name, state, kind: kindOf(state) });

/** Statuses and check runs of a commit: services use the one, GitHub Actions the other. */
export async function githubStatuses(forge: Forge, commit: string): Promise<Status[]> {
  const statuses = await forge.list(`/commits/${commit}/status`, "statuses");
  const runs = await forge.list(`/commits/${commit}/check-runs`, "check_runs");
  return [
    ...statuses.map((one) => statusOf(textAt(one, "context"), textAt(one, "state"))),
    ...runs.map((one) => statusOf(textAt(one, "name"), textAt(one, "conclusion") || textAt(one, "status"))),
  ];
}

/** The jobs of a commit's pipelines. Of those that ran several times, in a later pipeline, the last counts. */
export async function gitlabStatuses(forge: Forge, commit: string): Promise<Status[]> {
  const jobs = await forge.list(`/repository/commits/${commit}/statuses`);
  const newest = new Map<string, Entry>();
  for (const job of jobs) {
    const key = JSON.stringify([textAt(job, "name"), textAt(job, "ref")]);
    if (Number(newest.get(key)?.id ?? -1) < Number(job.id ?? 0)) newest.set(key, job);
  }
  return [...newest.values()].map((job) => {
    const status = statusOf(textAt(job, "name"), textAt(job, "status"));
    // Such a job holds nothing up, in GitLab either; one that waits for a person to start it, and must run, does.
    if (status.state === "manual") return { ...status, kind: job.allow_failure === true ? "not run" : "pending" };
    return job.allow_failure === true && status.kind !== "good" ? { ...status, kind: "not run" } : status;
  });
}

/** What a local file says: `{"commit": "…", "statuses": [{"name": "…", "state": "…"}]}`. Errors: it is not such a file. */
export async function fileStatuses(file: string, commit: string): Promise<Status[]> {
  const written = parse(file, await readFile(file, "utf8")) as { commit?: unknown; statuses?: unknown } | null;
  if (typeof written?.commit !== "string" || !Array.isArray(written.statuses))
    throw new Refusal(`${file} does not hold {"commit": "…", "statuses": [{"name": "…", "state": "…"}]}`);
  if (written.commit !== commit)
    throw new Refusal(
      `${file} is about ${brief(written.commit).slice(0, 7)}, not ${commit.slice(0, 7)}: nobody has tested that`,
    );
  return written.statuses.map((one) => {
    const entry = (typeof one === "object" && one !== null ? one : {}) as Entry;
    return statusOf(textAt(entry, "name"), textAt(entry, "state"));
  });
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(`${file} is not JSON`);
  }
}

/** Bad is bad; what is not known yet is unknown, and so is what nobody has looked at. */
export function judge(statuses: readonly Status[], required: readonly string[], commit: string): Answer {
  const short = commit.slice(0, 7);
  const of = (kind: Status["kind"]): Status[] => statuses.filter((status) => status.kind === kind);
  const list = (some: readonly Status[]): string =>
    some.map(({ name, state }) => `${brief(name)} ${brief(state)}`).join(", ");
  if (of("bad").length > 0) return fail(`${short}: ${list(of("bad"))}`);
  const good = of("good");
  const missing = required.filter((name) => !statuses.some((status) => status.name === name));
  const notRun = of("not run").filter(({ name }) => required.includes(name) && !good.some((one) => one.name === name));
  const open = [
    ...(of("pending").length > 0 ? [`still to end: ${list(of("pending"))}`] : []),
    ...(missing.length > 0 ? [`nothing heard of ${missing.join(", ")}`] : []),
    ...(notRun.length > 0 ? [`required, but did not run: ${list(notRun)}`] : []),
  ];
  if (statuses.length === 0) return unknown(`nobody has tested ${short}: there is no status of it`);
  if (open.length > 0) return unknown(`${short}: ${open.join("; ")}`);
  if (good.length === 0) return unknown(`nobody has tested ${short}: ${list(statuses)}`);
  return pass(`${short}: ${good.map(({ name }) => brief(name)).join(", ")}`);
}
