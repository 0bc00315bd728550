/** The supervisor of a host: holds the public port and replaces the workers of one release by those of the next. */
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { messageOf } from "../host/log.ts";
import { answerCommands } from "./exchange.ts";
import { Generation } from "./generation.ts";
import { lastLines } from "./last-lines.ts";
import { takeLock } from "./lock.ts";
import { announce, chooseSocket, currentRelease, lockFile, runFile } from "./place.ts";
import type { Command, Outcome, Status } from "./exchange.ts";

const idleSeconds = 10;
const lookMilliseconds = 500;

const host = process.cwd();
process.title = "parcel supervisor";
// Those who only look hold the lock for a moment. Otherwise another one was quicker; whoever started this one finds that one.
if (!takeLock(lockFile(host), lookMilliseconds)) process.exit(0);

let serving: Generation | undefined;
let candidate: Generation | undefined;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;
let stopping: Promise<Outcome> | undefined;

const socket = chooseSocket(host);
rmSync(socket, { force: true });
const control = createServer();
answerCommands(control, run);
control.listen(socket, () => {
  announce(host, { pid: process.pid, socket });
});
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
setTimeout(leaveIfIdle, idleSeconds * 1000).unref();

function run(command: Command): Promise<Outcome> {
  if (command === "status") return Promise.resolve({ status: status() });
  return command === "stop" ? stop() : inTurn(reload);
}

/** Two reloads at once would each end the other's workers. */
function inTurn(work: () => Promise<Outcome>): Promise<Outcome> {
  waiting += 1;
  const result = last.then(work).finally(() => {
    waiting -= 1;
    leaveIfIdle();
  });
  last = result;
  return result;
}

async function reload(): Promise<Outcome> {
  if (stopping) return { status: status(), failure: "the service is being stopped" };
  try {
    candidate = new Generation(host, currentRelease(host));
    await candidate.start();
    await candidate.serve();
    const old = serving;
    [serving, candidate] = [candidate, undefined];
    serving.log("info", `serves${old ? `, after ${old.configuration.release}` : ""}`, { workers: serving.pids });
    await old?.end();
    return { status: status() };
  } catch (error) {
    return { status: status(), failure: await giveUp(messageOf(error)) };
  }
}

/** Ends what did not come up; what served before has never stopped serving. */
async function giveUp(reason: string): Promise<string> {
  const failed = candidate;
  candidate = undefined;
  if (!failed) return reason;
  await failed.end();
  const { release } = failed.configuration;
  failed.log("error", `does not come up: ${reason}`);
  const remains = serving ? `${serving.configuration.release} keeps serving` : "nothing serves";
  return [`${release} does not come up: ${reason}; ${remains}`, ...lastLines(host, failed.everyPid)].join("\n");
}

function stop(): Promise<Outcome> {
  stopping ??= Promise.all([candidate?.end(), serving?.end()]).then(() => {
    serving?.log("info", "stopped");
    serving = undefined;
    setImmediate(leaveIfIdle);
    return { status: status() };
  });
  return stopping;
}

function status(): Status {
  const { release = null, commit = null } = serving?.configuration ?? {};
  return { supervisor: process.pid, release, commit, workers: serving?.pids ?? [] };
}

/** A supervisor without workers is of no use; the next reload starts one from the then current release. */
function leaveIfIdle(): void {
  if (serving ?? waiting > 0) return;
  rmSync(runFile(host, "supervisor.json"), { force: true });
  control.close(() => {
    if (dirname(socket) !== dirname(lockFile(host))) rmSync(dirname(socket), { recursive: true, force: true });
    process.exit(0);
  });
}
