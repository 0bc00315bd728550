import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { ask } from "./exchange.ts";
import { isLocked } from "./lock.ts";
import { currentRelease, lastAnnounced, lockFile } from "./place.ts";
import type { ChildProcess } from "node:child_process";
import type { Outcome, Status } from "./exchange.ts";

const startSeconds = 10;
const reloadSeconds = 120;
const pollMilliseconds = 25;

/** Lets the host serve what `current` points to now; starts the supervisor if there is none. */
export async function reload(host: string): Promise<Status> {
  const root = currentRelease(host);
  const deadline = Date.now() + startSeconds * 1000;
  let child: ChildProcess | undefined;
  while (Date.now() < deadline) {
    const presence = isLocked(lockFile(host)) ? lastAnnounced(host) : undefined;
    const outcome = presence && (await ask(presence.socket, "reload", reloadSeconds));
    if (outcome) return succeeded(outcome);
    if (child?.exitCode) throw new Error(`the supervisor does not start:\n${lastWords(host)}`);
    // Exit code 0 says that another one was quicker. It may be gone by now.
    if (!isLocked(lockFile(host)) && (!child || child.exitCode === 0)) child = startSupervisor(host, root);
    await wait(pollMilliseconds);
  }
  throw new Error(`the supervisor did not answer within ${startSeconds} s. See ${supervisorLog(host)}`);
}

function succeeded({ status, failure }: Outcome): Status {
  if (failure !== undefined) throw new Error(failure);
  return status;
}

/** In a session of its own and without what the caller has open, so that it outlives the caller; and without the caller's
 * environment, which may hold secrets that are none of the application's business. */
function startSupervisor(host: string, root: string): ChildProcess {
  const file = supervisorLog(host);
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, "a");
  const kept = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"].filter((name) => process.env[name] !== undefined);
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "supervisor", "main.ts")],
    {
      cwd: host,
      detached: true,
      stdio: ["ignore", log, log],
      env: Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    },
  );
  child.unref();
  return child;
}

function supervisorLog(host: string): string {
  return join(host, "log", "supervisor.log");
}

function lastWords(host: string): string {
  return readFileSync(supervisorLog(host), "utf8").trimEnd().split("\n").slice(-10).join("\n");
}
