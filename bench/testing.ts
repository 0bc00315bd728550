// What a test of a pipeline costs: one of 30 steps, all answered by the test, taken through create, no-op, failure, resume
// and rollback on the embedded engine. The aim is 10 s for all five.
//   node bench/testing.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRepository } from "../examples/parcel/repository.ts";
import { TestStack } from "../testing/test-stack.ts";
import { timed } from "./timing.ts";

const program = `
import { http } from "./actions/checks/http.ts";
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
const environment = new Environment("environment", { config, generate: [] });
const checks = (names) => Object.fromEntries(names.map((name) => [name, call(http, { url: config.environment.address + "/" + name, contains: "x" })]));
const platform = servers({ config, reload: ["true"], health: "/health", version: "/version", log: "log" });
const pipeline = new ReleasePipeline("shop", {
  environment, planning, platform, database: sqlite(config.database.path), migrations: sqlFiles(config), build: [["true"]],
  preflight: checks(["a", "b", "c", "d", "e", "f", "g", "h"]),
  smoke: checks(["p", "q", "r", "s", "t", "u", "v", "w", "x", "y"]),
});
export const { serving, asked, rollout, wayBack, record } = pipeline;
`;

const stack = await TestStack.open({ project: join(import.meta.dirname, "..") });
try {
  await makeRepository(join(stack.folder, ".switchback/parcel"));
  writeFileSync(join(stack.folder, "index.ts"), program);
  stack.configure({ "switchback:policies": {} });
  const release = (tag: string, folder: string, before: string): void => {
    stack.configure({ "switchback:release": tag });
    stack.answer("shop-activation", {
      ...{ release: tag, folder, before, reverted: false, why: "", verified: true },
      downtime: { requests: 9, failed: 0, longestGapMs: 3 },
    });
  };
  stack.answer("actions/checks/http", { verdict: "pass", seen: "x", from: "test" });
  const laps: [string, () => Promise<unknown>][] = [
    ["create", () => well(() => stack.up())],
    ["no-op", () => well(() => stack.up())],
    ["failure", () => stack.up()],
    ["resume", () => well(() => stack.up())],
    ["rollback", () => well(() => stack.rollback())],
  ];
  release("v1.0.0", "v1", "");
  let sum = 0;
  for (const [name, act] of laps) {
    if (name === "failure") {
      release("v1.1.0", "v2", "v1");
      stack.fail("shop-smoke-t", "no network", 1);
    }
    if (name === "rollback") release("v1.1.0", "v1", "v2");
    const time = await timed(act);
    sum += time;
    process.stdout.write(`${name}: ${(time / 1000).toFixed(1)} s\n`);
  }
  const steps = Object.keys(await stack.receipts()).length;
  process.stdout.write(`${steps} steps, five times: ${(sum / 1000).toFixed(1)} s (aim 10 s)\n`);
} finally {
  stack.remove();
}

async function well(act: () => Promise<{ ok: boolean; text: string }>): Promise<void> {
  const { ok, text } = await act();
  if (!ok) throw new Error(text);
}
