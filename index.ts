// The release pipeline of the sample application, examples/parcel.
import { annotatedTag } from "./actions/checks/annotated-tag.ts";
import { freeSpace } from "./actions/checks/free-space.ts";
import { http } from "./actions/checks/http.ts";
import { json } from "./actions/checks/json.ts";
import { login } from "./actions/checks/login.ts";
import { version } from "./actions/checks/version.ts";
import { call } from "./components/call.ts";
import { loadConfig } from "./components/config.ts";
import { Environment } from "./components/environment.ts";
import { planRelease } from "./components/planning.ts";
import { ReleasePipeline } from "./components/release-pipeline.ts";
import { servers } from "./components/servers.ts";
import { sqlFiles } from "./components/sql-files.ts";
import { sqlite } from "./components/sqlite.ts";

const config = loadConfig();
const planning = await planRelease(config);
const { release, commit } = planning.plan;
const { address, store } = config.environment;
const { timeoutSeconds, freeMegabytes } = config.checks;

const environment = new Environment("environment", { config, generate: ["SESSION_SECRET", "SMOKE_PASSWORD"] });

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
    secrets: ["SESSION_SECRET", "SMOKE_PASSWORD"],
  }),
  database: sqlite(config.database.path),
  migrations: sqlFiles(config),
  build: [["node", "build.ts"]],
  preflight: {
    tag: call(annotatedTag, { repository: config.source.repository, tag: release, commit }),
    space: call(freeSpace, { path: store, megabytes: freeMegabytes }),
  },
  smoke: {
    health: call(json, {
      url: `${address}/api/health`,
      expect: { status: "ok", database: "ok" },
      fresh: { path: "timestamp", withinSeconds: 60 },
      timeoutSeconds,
    }),
    version: call(version, { url: `${address}/api/version`, release, commit, timeoutSeconds }),
    page: call(http, { url: `${address}/login`, contains: "<form", timeoutSeconds }),
    login: call(login, {
      address,
      user: "smoke@parcel.test",
      password: "SMOKE_PASSWORD",
      page: "/orders",
      timeoutSeconds,
    }),
  },
  smokeSecrets: ["SMOKE_PASSWORD"],
});

export const serving = pipeline.serving;
export const asked = pipeline.asked;
export const rollout = pipeline.rollout;
export const wayBack = pipeline.wayBack;
export const record = pipeline.record;
