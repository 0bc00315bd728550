import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import engine_grpc_pb from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import resource_grpc_pb from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import { Operation } from "./operation.ts";
import { engineService, resourceMonitor } from "./services.ts";
import { UserError } from "./user-error.ts";
import type { Run } from "./perform.ts";
import type { Project } from "./workspace.ts";

/** The exit code of a program that has told its failure already. */
const alreadyTold = 32;

/** Runs the user's program against this engine, and the deletes that follow from it. */
export async function runProgram(run: Run): Promise<void> {
  const { executor, base } = run;
  warnOfPending(run);
  const begun = base.then((resources) => new Operation(run, resources));
  begun.catch(() => undefined); // whoever waits for it is told
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(resource_grpc_pb.ResourceMonitorService, resourceMonitor(begun));
  server.addService(engine_grpc_pb.EngineService, engineService(run));
  const listen = promisify(server.bindAsync.bind(server));
  let program: ChildProcess | undefined;
  try {
    program = start(run, await listen("127.0.0.1:0", grpc.ServerCredentials.createInsecure()));
    const ended = once(program, "close") as Promise<[code: number | null, signal: string | null]>;
    void killWhenStopped(run, program, ended);
    const operation = await begun;
    const [code, signal] = await ended;
    if (code === 0) await operation.deleteRest();
    await executor.idle();
    if (code !== 0 && !executor.failed) executor.fail(problemOf(code, signal));
    operation.finish();
  } finally {
    program?.kill("SIGKILL");
    server.forceShutdown();
  }
}

/** Starts the program in a process of its own, through the SDK's own entry point. */
function start({ session, options, config, events }: Run, port: number): ChildProcess {
  const { project, name } = session;
  const { typescript = true, tsconfig, nodeargs = "" } = project.options;
  const flags = {
    monitor: `127.0.0.1:${port}`,
    engine: `127.0.0.1:${port}`,
    sync: join(tmpdir(), "pulumi-node-pipes"),
    organization: "organization",
    project: project.name,
    "root-directory": project.root,
    stack: name.stack,
    pwd: project.programDirectory,
    parallel: String(options.parallel),
  };
  const args = [
    ...nodeargs.split(/\s+/).filter(Boolean),
    entryPoint(project),
    ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
    ...(options.preview ? ["--dry-run"] : []),
    project.program,
  ];
  const env = {
    // Compiled code is kept between runs: half of a small program's time goes into compiling the SDK.
    NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(config.values),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  const child = spawn(process.execPath, args, { cwd: project.programDirectory, env, stdio });
  createInterface({ input: child.stdout }).on("line", (line) => events.diagnostic("info", line));
  createInterface({ input: child.stderr }).on("line", (line) => events.diagnostic("info#err", line));
  return child;
}

function entryPoint({ programDirectory }: Project): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new UserError(
      `${programDirectory}: the package @pulumi/pulumi is not installed here. Install the project's packages, for example with npm install`,
    );
  }
}

/** What to say of a failed program, unless it has done so itself. */
function problemOf(code: number | null, signal: string | null): string | undefined {
  if (code === alreadyTold) return undefined;
  const how = signal ? `Program was ended by ${signal}` : `Program exited with non-zero exit code: ${code ?? ""}`;
  return `an unhandled error occurred: ${how}`;
}

/** A stopped program can do nothing more, but steps are seen to their end first, and it may say why it ends. */
async function killWhenStopped({ executor }: Run, program: ChildProcess, ended: Promise<unknown>): Promise<void> {
  await executor.stopping.promise;
  await executor.idle();
  const grace = executor.cancelled.signal.aborted ? 0 : 2000;
  await Promise.race([ended, setTimeout(grace, undefined, { ref: false })]);
  program.kill("SIGKILL");
}

function warnOfPending({ session, options, events }: Run): void {
  const pending = session.state.deployment.pending_operations ?? [];
  if (pending.length === 0 || options.preview) return;
  const list = pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`).join("");
  events.diagnostic(
    "warning",
    `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.\n${list}` +
      "These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to these " +
      "resources to complete. You should confirm whether or not the operations listed completed successfully by checking " +
      "the state of the appropriate provider. For example, if you are using AWS, you can confirm using the AWS Console.\n\n" +
      "Once you have confirmed the status of the interrupted operations, you can repair your stack using `pulumi refresh` " +
      "which will refresh the state from the provider you are using and clear the pending operations if there are any.\n\n" +
      "Note that `pulumi refresh` will need to be run interactively to clear pending CREATE operations.",
  );
}
