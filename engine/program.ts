import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import grpc, { type UntypedServiceImplementation } from "@grpc/grpc-js";
import engine_grpc_pb from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import empty_pb from "google-protobuf/google/protobuf/empty_pb.js";
import resource_grpc_pb from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import { Events } from "./events.ts";
import { monitorService, ResourceMonitor, service } from "./resource-monitor.ts";
import { Snapshot } from "./snapshot.ts";
import { StepExecutor } from "./step-executor.ts";
import { refuse, UserError } from "./user-error.ts";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import type { Run } from "./perform.ts";

/** The exit code of a program that has told its failure already. */
const alreadyTold = 32;

/** Runs the user's program against this engine, and the deletes that follow from it. */
export async function runProgram(run: Run): Promise<void> {
  const { options, executor, base } = run;
  if (!options.preview) warnOfPending(run);
  if (!options.preview && options.rehearses) executor.rehearse = () => rehearse(run);
  const begun = base.then((resources) => new ResourceMonitor(run, resources));
  begun.catch(() => undefined); // whoever waits for it is told
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(resource_grpc_pb.ResourceMonitorService, monitorService(begun, run));
  server.addService(engine_grpc_pb.EngineService, engineService(run));
  const listen = promisify(server.bindAsync.bind(server));
  let program: ChildProcess | undefined;
  try {
    program = start(run, await listen("127.0.0.1:0", grpc.ServerCredentials.createInsecure()));
    const ended = once(program, "close") as Promise<[code: number | null, signal: string | null]>;
    void killWhenStopped(run, program, ended);
    const monitor = await begun;
    const [code, signal] = await ended;
    if (code === 0) await monitor.deleteRest();
    await executor.idle();
    if (code !== 0 && !executor.failed) {
      const how = signal ? `was ended by ${signal}` : `exited with non-zero exit code: ${code ?? ""}`;
      const problem = new UserError(`an unhandled error occurred: Program ${how}`);
      executor.fail(code === alreadyTold ? undefined : problem);
    }
    monitor.finish();
  } finally {
    program?.kill("SIGKILL");
    server.forceShutdown();
  }
}

/** Runs the program as a preview that nobody sees, for what the update would refuse half-way. */
async function rehearse(update: Run): Promise<void> {
  const { session } = update;
  const options = { ...update.options, preview: true };
  const [events, snapshot] = [new Events([]), new Snapshot(session)];
  const executor = new StepExecutor({ session, options, events, snapshot });
  void update.executor.stopping.promise.then(() => executor.cancel());
  await runProgram({ ...update, options, events, snapshot, executor });
  if (executor.refusal) throw executor.refusal;
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
    parallel: `${options.parallel}`,
  };
  const args = [...nodeargs.split(/\s+/).filter(Boolean), entryPoint(project.programDirectory)];
  args.push(...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]));
  if (options.preview) args.push("--dry-run");
  const env = {
    // Compiled code is kept between runs: half of a small program's time goes into compiling the SDK.
    NODE_COMPILE_CACHE: join(homedir(), ".cache/switchback"),
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(config.values),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
  const child = spawn(process.execPath, [...args, project.program], { cwd: project.programDirectory, env });
  child.stdin.end();
  createInterface({ input: child.stdout }).on("line", (line) => events.diagnostic("info", line));
  createInterface({ input: child.stderr }).on("line", (line) => events.diagnostic("info#err", line));
  return child;
}

/** Pulumi's Engine service: what the program has to say, until a refusal has ended everything. */
function engineService({ events, executor }: Run): UntypedServiceImplementation {
  const replies = {
    log(request: LogRequest) {
      const { severity: level, message, urn, ephemeral } = request.toObject();
      const severity = (["debug", "info", "warning", "error"] as const)[level];
      const isRefused = executor.failed && !executor.stepFailed;
      // Debug messages are many, and may hold secrets in plain text.
      if (severity !== "debug" && !isRefused) events.diagnostic(severity, message, urn, ephemeral);
      return new empty_pb.Empty();
    },
    requirePulumiVersion: () => Promise.reject(refuse("requirePulumiVersion")),
  };
  return service(replies, (error) => {
    executor.fail(error);
    return error;
  });
}

function entryPoint(directory: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    const remedy = "Install the project's packages, for example with npm install";
    throw new UserError(`${directory}: the package @pulumi/pulumi is not installed here. ${remedy}`);
  }
}

/** A stopped program can do nothing more, but steps are seen to their end first, and it may say why it ends. */
async function killWhenStopped({ executor }: Run, program: ChildProcess, ended: Promise<unknown>): Promise<void> {
  await executor.stopping.promise;
  await executor.idle();
  const grace = executor.cancelled.signal.aborted ? 0 : 2000;
  await Promise.race([ended, setTimeout(grace, undefined, { ref: false })]);
  program.kill("SIGKILL");
}

function warnOfPending({ session, events }: Run): void {
  const pending = session.state.deployment.pending_operations ?? [];
  const list = pending.map(({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}\n`).join("");
  const warning =
    `Attempting to deploy or update resources with ${pending.length} pending operations from previous deployment.\n${list}` +
    "The engine was ended while it waited for these, so that it is not known whether they were completed: look. " +
    "Then `pulumi refresh --clear-pending-creates --yes` clears what is pending.\n";
  if (pending.length > 0) events.diagnostic("warning", warning);
}
