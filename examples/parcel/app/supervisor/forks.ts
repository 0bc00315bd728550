import { fork } from "node:child_process";
import cluster from "node:cluster";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";

const execArgv = ["--disable-warning=ExperimentalWarning"];

/** A web worker of the release in `root`. The cluster holds the public port for the workers of all releases. */
export function forkWeb(host: string, root: string): ChildProcess {
  cluster.setupPrimary({ exec: join(root, "web", "main.ts"), args: [], cwd: host, execArgv, silent: true });
  const worker = cluster.fork();
  // The cluster may write to a worker that has just ended. Its end is told by "exit"; this must not end the supervisor.
  worker.on("error", () => undefined);
  return worker.process;
}

export function forkLabels(host: string, root: string): ChildProcess {
  return fork(join(root, "labels", "main.ts"), { cwd: host, execArgv, silent: true });
}
