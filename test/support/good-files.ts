/** The files that Switchback reads back, as it writes them, each with who reads it and what is made of it then. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { readContract } from "../../actions/checks/contract.ts";
import { differences } from "../../actions/checks/observed.ts";
import { manifestFile } from "../../actions/databases/sqlite/backup.ts";
import { provenBackups } from "../../actions/databases/sqlite/backups.ts";
import { readBackup } from "../../actions/databases/sqlite/prove.ts";
import { readStamp } from "../../actions/fence.ts";
import { folderOf, manifestName, readManifest } from "../../actions/platforms/servers/host.ts";
import { readSettled } from "../../actions/platforms/servers/settled.ts";
import { readAttempt } from "../../actions/rollout/attempt.ts";
import { readGoingBack } from "../../actions/rollout/going-back.ts";
import { unpackRecord } from "../../actions/rollout/unpack-record.ts";
import { lastGoodWatch, notedBefore, readWatched } from "../../actions/watch/watched.ts";
import { readState } from "../../cli/state.ts";
import { packRecord } from "../../release/record.ts";
import { inStore } from "../../release/store.ts";
import { inReview } from "../../release/summary.ts";
import { writeReport } from "../../report/write.ts";
import { hold, readLease } from "../../runtime/lease.ts";
import { thisProcess } from "../../runtime/owner.ts";
import { readRecord } from "../../runtime/record.ts";
import { readMark } from "../../runtime/store.ts";
import { appendAll, good } from "../report/entries.ts";
import { temporaryFolder } from "./context.ts";
import { plan } from "./pipeline.ts";

/** What it is, where it lies in a store, what it holds, and who reads it. */
type GoodFile = readonly [
  name: string,
  pathIn: (store: string) => string,
  value: Readonly<Record<string, unknown>> | (() => object),
  read: (store: string) => unknown,
];

const at = "2026-01-02T03:04:05.000Z";
const rollout = "1-a";
const owner = { machine: "m", user: "u", pid: 7, began: "1" };
const release = { release: "v2", commit: "c", artifact: "a" };
const host = (store: string) => ({ name: "web-1", directory: join(store, "web-1"), address: "" });
const evidence = (name: string) => (store: string) => join(inStore.evidence(store, rollout), name);
const checks = [{ name: "page", verdict: "fail", seen: "500", blocks: true, waiver: { reason: "r", by: "b" } }];
const record = packRecord({
  ...{ rollout, store: "5709e1d0", after: "none", asked: "v2", configuration: "c", serving: "v2" },
  ...{ ended: "good", left: { v1: "1-a" }, plan },
});
const contract = { "GET /": { status: "200", cookies: "none" } };
const watched = {
  ...{ rollout, release: "v2", source: "s", verdict: "pass", seen: "x", requests: 3, errors: 0 },
  ...{ before: { requests: 3, errors: 0 }, cursor: 7, ended: at },
};
const activation = {
  hosts: [{ name: "web-1", directory: "d", address: "a" }],
  ...{ address: "a", reload: ["x"], evidence: { health: "/h", version: "/v" } },
};
const resources = [
  { type: "pulumi:pulumi:Stack", outputs: { record, wayBack: { how: "code", command: "switchback rollback v1" } } },
  { type: "command:local:Command", inputs: { stdin: JSON.stringify({ args: activation }) }, outputs: { stdout: "{}" } },
];

/** A report is made of the ledger, of what the gates have decided and of what was reviewed. */
function report(store: string): unknown {
  if (!existsSync(inStore.ledger(store))) appendAll(inStore.ledger(store), good(rollout, "v2"));
  return writeReport("staging", store, rollout, undefined);
}

function heldLease(): object {
  const store = temporaryFolder();
  const engine = thisProcess();
  hold(store, { rollout, release: "v2", step: "s", engine, opens: true });
  return JSON.parse(readFileSync(inStore.lease(store), "utf8")) as object;
}

export const goodFiles: readonly GoodFile[] = [
  ["lease", inStore.lease, heldLease, readLease],
  ["attempt", inStore.attempt, { id: rollout, release: "v2" }, readAttempt],
  ["settled", inStore.settled, { ...release, folder: "v2-f", rollout, before: "v1-f" }, readSettled],
  ["mark", inStore.mark, { id: "5709e1d0", made: at }, readMark],
  [
    "stamp",
    (store) => join(store, "fence", "7"),
    { number: 7, store: "5709e1d0", ledger: { entry: 1, digest: "d" }, rollout, release: "v2", at },
    (store) => readStamp(join(store, "fence")),
  ],
  [
    "step's record",
    (store) => inStore.step(store, "s"),
    { key: "k", rollout, owner, began: at, state: "done", receipt: {} },
    (store) => readRecord(inStore.step(store, "s")),
  ],
  [
    "backup",
    (store) => join(inStore.backup(store, "1-a-v1"), manifestFile),
    {
      ...{ id: "1-a-v1", digest: "d", schema: "0001", release: "v1", rollout, takenAt: at, sizeBytes: 9 },
      ...{ content: { orders: { rows: 1, digest: "1" } }, provenAt: at },
    },
    (store) => [provenBackups(store), Object.values(readBackup(store, "1-a-v1").content).map(({ rows }) => rows + 1)],
  ],
  [
    "release's folder",
    (store) => join(folderOf(host(store), "v2-f"), manifestName),
    release,
    (store) => readManifest(host(store), "v2-f").release,
  ],
  [
    "gate",
    evidence("files/smoke-gate/gate.json"),
    { ...{ release: "v2", rollout, at, decision: "no" }, checks },
    report,
  ],
  [
    "note of going back",
    evidence("going-back.json"),
    { decision: "no", table: "t" },
    (store) => readGoingBack({ store, rollout, release: "v2" })?.table.split("\n"),
  ],
  [
    "report",
    evidence("report.json"),
    { plan: { from: "v1", commits: ["c"], before: "nothing", after: "nothing", wayBack: "code of v1" } },
    report,
  ],
  [
    "contract",
    (store) => inStore.contract(store, "s", "v1"),
    contract,
    (store) => differences(readContract(store, "s", "v1") ?? {}, contract),
  ],
  [
    "watch",
    evidence("watch.json"),
    watched,
    (store) => [lastGoodWatch(store, "s", "2-b"), readWatched(store, rollout, "watch.json")],
  ],
  [
    "rate before",
    evidence("watch-plan.json"),
    { source: "s", before: { requests: 3, errors: 0 } },
    (store) => notedBefore(store, rollout, "s"),
  ],
  [
    "state",
    (store) => join(store, "state.json"),
    { version: 3, deployment: { resources } },
    (store) => {
      const { record: last, activation: how } = readState(readFileSync(join(store, "state.json"), "utf8"));
      return [last && inReview(last.plan), how?.hosts.map(({ name }) => name)];
    },
  ],
  [
    "plan",
    (store) => join(store, "plan.json"),
    () => plan,
    (store) => {
      const packed = deflateRawSync(readFileSync(join(store, "plan.json"))).toString("base64url");
      return inReview(unpackRecord({ ...record, plan: packed }).plan);
    },
  ],
];

/** Puts a file in its place. */
export function place(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
