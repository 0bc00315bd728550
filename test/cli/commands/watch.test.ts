// What people see of a watch, and its exit codes: not worse, clearly worse, no clear answer, another rollout, Ctrl-C.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAttempt } from "../../../actions/rollout/attempt.ts";
import { readWatched } from "../../../actions/watch/watched.ts";
import { packRecord, type RolloutRecord } from "../../../release/record.ts";
import { good, plan } from "../../report/entries.ts";
import { serve, until } from "../../support/context.ts";
import { launcher, type Said } from "../switchback.ts";
import { FakeProject } from "./fake-project.ts";

let project: FakeProject;
let store: string;

beforeEach(() => {
  project = new FakeProject({}, [...good("1-a", "v1"), ...good("2-b", "v2")]);
  store = join(project.folder, "store");
});

afterEach(() => {
  project.remove();
});

const released: RolloutRecord = {
  ...{ rollout: "2-b", after: "none", asked: "v2", configuration: "x", serving: "v2", ended: "good", left: {} },
  plan: { ...plan, release: "v2", from: "v1" },
};
const before = { before: { requests: 20_000, errors: 40 }, beforeFrom: "counted before the switch" };

/** A state as a pipeline leaves it that watches a metrics page, whose counters rise when they were read for the first time. */
async function watching(
  page: { requests: number; errors: number },
  { terms = {}, record = released }: { terms?: object; record?: RolloutRecord } = {},
): Promise<() => number> {
  let [requests, errors, readings] = [7, 3, 0];
  const url = await serve((_, response) => {
    response.end(`all ${requests}\nbad ${errors}\n`);
    [requests, errors, readings] = [7 + page.requests, 3 + page.errors, readings + 1];
  });
  const selectors = { requests: { metric: "all", labels: {} }, errors: { metric: "bad", labels: {} } };
  const source = { action: "actions/watch/metrics", args: { urls: [url], ...selectors, timeoutSeconds: 5 } };
  const args = { source, minutes: 0.01, everySeconds: 0.1, worseBy: 3, acceptablePercent: 0.1, ...terms };
  const stdout = JSON.stringify(before);
  const wayBack = { how: "code of v1", command: "switchback rollback v1" };
  const resources = [
    { type: "pulumi:pulumi:Stack", outputs: { record: packRecord(record), wayBack } },
    {
      type: "command:local:Command",
      inputs: { stdin: JSON.stringify({ action: "actions/watch/plan", args }) },
      outputs: { stdout },
    },
  ];
  writeFileSync(join(project.folder, "state.json"), JSON.stringify({ version: 3, deployment: { resources } }));
  return () => readings;
}

/** The command, running. */
function begin(...argv: string[]) {
  const child = execFile(process.execPath, [launcher, "watch", ...argv], {
    cwd: project.folder,
    env: project.environment,
  });
  let stdout = "";
  child.stdout?.on("data", (text: string) => (stdout += text));
  const ended = new Promise<Pick<Said, "exitCode" | "stdout">>((resolve) => {
    child.on("close", (exitCode) => {
      resolve({ exitCode: exitCode ?? undefined, stdout });
    });
  });
  return { child, ended };
}

test("not worse: 0, and the evidence says so; nothing else is changed", async () => {
  await watching({ requests: 10_000, errors: 20 });
  const there = readdirSync(store);
  expect(await project.run("watch")).toEqual({
    exitCode: 0,
    stderr: "",
    stdout: `staging: v2 (rollout 2-b), for 0.01 minutes
  rate of errors before: 0.2 % of 20,000 requests, counted before the switch
  0:00 of 0:01: nothing was asked
✓ v2: not worse: 0.2 % of 10,000 requests failed, 0.2 % of 20,000 before (99.9 % sure)`,
  });
  expect(readWatched(store, "2-b", "watch.json")).toMatchObject({
    ...{ rollout: "2-b", release: "v2", verdict: "pass", requests: 10_000, errors: 20, before: before.before },
  });
  expect(readdirSync(store).filter((name) => !there.includes(name))).toEqual(["evidence"]);
});

test("clearly worse: 1, at once, with the way back", async () => {
  await watching({ requests: 1240, errors: 51 });
  const said = await project.run("watch", "--minutes", "60");
  expect(said.exitCode).toBe(1);
  expect(said.stdout.split("\n").slice(-2)).toEqual([
    "✗ v2: clearly worse: 4.1 % of 1,240 requests failed, 0.2 % of 20,000 before (99.5 % sure)",
    "  Go back: switchback rollback v1",
  ]);
});

test("no clear answer: 3", async () => {
  await watching({ requests: 50, errors: 0 });
  const said = await project.run("watch");
  expect(said.exitCode).toBe(3);
  expect(said.stdout.split("\n").at(-1)).toBe(
    "! v2: no clear answer: none of 50 requests failed, 0.2 % of 20,000 before; too few to be sure, 1,231 without an error would do",
  );
  await watching({ requests: 0, errors: 0 });
  expect(await project.run("watch")).toMatchObject({
    ...{ exitCode: 3, stdout: expect.stringMatching(/\? v2: nothing was asked, so nobody can tell$/) as string },
  });
});

test("as data, with the progress kept apart", async () => {
  await watching({ requests: 10_000, errors: 20 });
  const { exitCode, stdout, stderr } = await project.run("watch", "--json");
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, readWatched(store, "2-b", "watch.json")]);
  expect(stderr).toContain("0:00 of 0:01: nothing was asked");
});

test("another rollout that is opened meanwhile ends it: 4", async () => {
  const readings = await watching({ requests: 50, errors: 0 }, { terms: { minutes: 60 } });
  const { ended } = begin();
  await until("three readings", () => readings() > 2);
  writeAttempt(store, { id: "3-c", release: "v1" });
  const { exitCode, stdout } = await ended;
  expect([exitCode, stdout.trim().split("\n").at(-1)]).toEqual([
    ...[4, "? v2: rollout 3-c of v1 was opened; until then none of 50 requests failed"],
  ]);
  expect(await project.run("watch")).toEqual({
    ...{ exitCode: 4, stdout: "" },
    stderr: "switchback: rollout 3-c of v1 was opened: there is nothing to watch before it has ended",
  });
});

test("Ctrl-C ends it at once, with what was seen", async () => {
  const readings = await watching({ requests: 50, errors: 0 }, { terms: { minutes: 60 } });
  const { child, ended } = begin();
  await until("three readings", () => readings() > 2);
  child.kill("SIGINT");
  const { exitCode, stdout } = await ended;
  expect([exitCode, stdout.trim().split("\n").at(-1)]).toEqual([
    ...[130, "? v2: stopped; until then none of 50 requests failed"],
  ]);
  expect(readWatched(store, "2-b", "watch.json")?.verdict).toBe("unknown");
});

test.each<[string, Partial<RolloutRecord>, string]>([
  ["nothing was released", { serving: "none" }, "staging: nothing was released yet, so there is nothing to watch"],
  [
    "it was taken back",
    { asked: "v2", serving: "v1", ended: "bad" },
    "staging: v2 was taken back, v1 serves as before: there is nothing to watch",
  ],
])("%s: 3", async (_, record, message) => {
  await watching({ requests: 50, errors: 0 }, { record: { ...released, ...record } });
  expect(await project.run("watch")).toEqual({ exitCode: 3, stdout: "", stderr: `switchback: ${message}` });
});

test("a pipeline that does not say what to watch", async () => {
  await watching({ requests: 50, errors: 0 });
  const path = join(project.folder, "state.json");
  writeFileSync(path, readFileSync(path, "utf8").replace("actions/watch/plan", "actions/checks/http"));
  expect(await project.run("watch")).toEqual({
    ...{ exitCode: 3, stdout: "" },
    stderr:
      "switchback: staging: its pipeline does not say what to watch. Give it `watch`, as docs/watching.md shows, and release once more",
  });
});

test.each(["0", "-1", "x", "1441"])("--minutes %s is refused", async (minutes) => {
  expect((await project.run("watch", `--minutes=${minutes}`)).exitCode).toBe(2);
});
