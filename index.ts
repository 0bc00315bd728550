// The release pipeline of the sample application, examples/parcel.
import { annotatedTag } from "./actions/checks/annotated-tag.ts";
import { freeSpace } from "./actions/checks/free-space.ts";
import { sampledRequests } from "./actions/watch/sampler.ts";
import { call } from "./components/call.ts";
import { loadConfig } from "./components/config.ts";
import { Environment } from "./components/environment.ts";
import { planRelease } from "./components/planning.ts";
import { ReleasePipeline } from "./components/release-pipeline.ts";
import { servers } from "./components/servers.ts";
import { sqlFiles } from "./components/sql-files.ts";
import { sqlite } from "./components/sqlite.ts";
import { checkSecrets, smokeChecks } from "./examples/parcel/checks.ts";

const config = loadConfig();
const planning = await planRelease(config);
const { release, commit } = planning.plan;
const { address, hosts, store } = config.environment;
const { timeoutSeconds, freeMegabytes } = config.checks;

const secrets = ["SESSION_SECRET", "SMOKE_PASSWORD", "PAYMENT_SECRET"];
const environment = new Environment("environment", { config, generate: secrets });

const smoke = smokeChecks({
  ...{ address, release, commit, before: planning.plan.from, timeoutSeconds },
  directory: hosts[0]?.directory ?? "",
  database: config.database.path,
});

const pipeline = new ReleasePipeline("parcel", {
  environment,
  planning,
  platform: servers({
    config,
    reload: ["node", "current/bin/parcel.ts", "reload"],
    health: "/api/health",
    version: "/api/version",
    log: "log/parcel.log",
    paths: { DATABASE: config.database.path },
    secrets,
  }),
  database: sqlite(config.database.path),
  migrations: sqlFiles(config),
  build: [["node", "build.ts"]],
  preflight: {
    tag: call(annotatedTag, { repository: config.source.repository, tag: release, commit }),
    space: call(freeSpace, { path: store, megabytes: freeMegabytes }),
  },
  smoke,
  smokeSecrets: checkSecrets,
  watch: {
    source: call(sampledRequests, { url: `${address}/api/health`, timeoutSeconds }),
    everySeconds: 1,
    acceptablePercent: 1,
  },
});

export const serving = pipeline.serving;
export const asked = pipeline.asked;
export const rollout = pipeline.rollout;
export const wayBack = pipeline.wayBack;
export const record = pipeline.record;
