/** What it takes to write a pipeline down in a test: a configuration, a plan, and what every step would answer. */
import { freeSpace } from "../../actions/checks/free-space.ts";
import { http } from "../../actions/checks/http.ts";
import { call } from "../../components/call.ts";
import { type Config, configSchema } from "../../components/config.ts";
import { Environment } from "../../components/environment.ts";
import type { Planning } from "../../components/planning.ts";
import { ReleasePipeline, type ReleasePipelineArgs } from "../../components/release-pipeline.ts";
import { servers } from "../../components/servers.ts";
import { sqlFiles } from "../../components/sql-files.ts";
import { sqlite } from "../../components/sqlite.ts";
import type { Migration } from "../../release/migrations.ts";
import type { Plan } from "../../release/plan.ts";

export const config: Config = configSchema.parse({
  release: "v2",
  environment: {
    address: "http://127.0.0.1:4180",
    hosts: [
      { name: "web-1", directory: "hosts/web-1", variables: { NAME: "one" } },
      { name: "web-2", directory: "hosts/web-2", address: "http://127.0.0.1:4182" },
    ],
    store: "store",
  },
  source: { repository: "repository" },
  database: { path: "shop.sqlite" },
  application: { variables: { GREETING: "hello" }, secrets: { SMTP: "smtp secret" } },
});

export const migration = (revision: string, change: Migration["change"], wayBack: Migration["wayBack"]): Migration => ({
  ...{ revision, name: `m${revision}`, change, wayBack },
  digest: `d${revision}`,
});
const [grow, shrink] = [migration("0002", "expand", "reversible"), migration("0003", "contract", "reversible")];

export const plan: Plan = {
  ...{ release: "v2", commit: "c".repeat(40), from: "v1", direction: "forward", commits: ["abc Do it"] },
  before: { kind: "up", migrations: [grow] },
  after: { kind: "up", migrations: [shrink] },
  ...{ wayBack: "reversible", undo: { before: ["0003"], after: ["0002"] } },
  ...{ again: "none", restore: "none", rollbackFrom: "none" },
};

export const planning = (differing: Partial<Plan> = {}): Planning => ({
  ...{ plan: { ...plan, ...differing }, record: undefined, configuration: "digest", after: "none", isNew: true },
});

export const receipts = {
  "shop-rollout-open": { number: 2, id: "2-b", store: "5709e1d0" },
  "shop-preflight-space": { verdict: "pass", seen: "room", from: "here" },
  "shop-preflight-gate": { decision: "go" },
  "shop-build": { digest: "a".repeat(64), commit: "c".repeat(40) },
  "shop-prepare": { folder: "v2-f", release: "v2", commit: "c".repeat(40) },
  "shop-backup-take": { id: "2-b-v1", digest: "d", schema: "0001" },
  "shop-backup-prove": { id: "2-b-v1", digest: "d", schema: "0001", proven: true },
  "shop-schema-before": { revision: "0002", did: "applied 0002" },
  "shop-activation": {
    ...{ release: "v2", folder: "v2-f", before: "v1-f", reverted: false, why: "", verified: true },
    downtime: { requests: 9, failed: 0, longestGapMs: 3 },
  },
  "shop-schema-after": { revision: "0003", did: "applied 0003" },
  "shop-smoke-page": { verdict: "fail", seen: "500", from: "here" },
  "shop-smoke-space": { verdict: "pass", seen: "room", from: "here" },
  "shop-smoke-decision": { decision: "go", serving: "v2", table: "", why: "" },
  "shop-smoke-gate": { decision: "go" },
  "shop-sign-off": { release: "v2", commit: "c".repeat(40), artifact: "a".repeat(64), by: "policy" },
} as const;

export function makePipeline(
  planned: Planning = planning(),
  differing: Partial<ReleasePipelineArgs> = {},
  given = config,
) {
  const environment = new Environment("environment", { config: given, generate: ["SESSION"] });
  const space = call(freeSpace, { path: "store", megabytes: 1 });
  return new ReleasePipeline("shop", {
    ...{ environment, planning: planned, database: sqlite(given.database.path), migrations: sqlFiles(given) },
    platform: servers({
      config: given,
      reload: ["reload"],
      health: "/health",
      version: "/version",
      log: "log",
      secrets: ["SESSION"],
    }),
    preflight: { space },
    smoke: { page: call(http, { url: given.environment.address }), space },
    ...differing,
  });
}
