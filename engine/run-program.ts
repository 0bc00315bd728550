import { setTimeout } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import { engineService, EngineService } from "./engine-service.ts";
import { Operation } from "./operation.ts";
import { Program } from "./program.ts";
import { resourceMonitor, ResourceMonitorService } from "./resource-monitor.ts";
import type { Server } from "@grpc/grpc-js";
import type { Run } from "./perform.ts";

/** Runs the user's program against this engine, and the deletes that follow from it. */
export async function runProgram(run: Run): Promise<void> {
  const { session, performance, events, executor, config } = run;
  warnOfPending(run);
  const operation = startOperation(run);
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceMonitorService, resourceMonitor(operation));
  server.addService(
    EngineService,
    engineService(events, () => executor.failed && !executor.stepFailed),
  );
  let program: Program | undefined;
  try {
    program = new Program({
      project: session.project,
      stack: session.name.stack,
      address: `127.0.0.1:${await bind(server)}`,
      parallel: performance.parallel,
      preview: performance.preview,
      config,
      onLine: (line, isError) => {
        events.diagnostic(isError ? "info#err" : "info", line);
      },
    });
    void endWhenStopped(executor, program);
    const target = await operation;
    const { ok, problem } = await program.ended;
    // Exit 0 without the call that says so: an older SDK.
    if (ok && !executor.failed) await target.programDone();
    await executor.idle();
    if (!ok && !executor.failed) executor.end(problem);
    target.finish();
  } finally {
    program?.kill();
    server.forceShutdown();
  }
}

async function startOperation({ session, events, executor, snapshot, base }: Run): Promise<Operation> {
  const { backend, name, project } = session;
  const parts = { backend, name, base: await base, events, executor, snapshot, directory: project.programDirectory };
  return new Operation(parts);
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

/** A stopped program can do nothing more, but steps are seen to their end first, and it may say why it ends. */
async function endWhenStopped(executor: Run["executor"], program: Program): Promise<void> {
  await executor.stopping.promise;
  await executor.idle();
  const grace = executor.cancelled.signal.aborted ? 0 : 2000;
  await Promise.race([program.ended, setTimeout(grace, undefined, { ref: false })]);
  program.kill();
}

function warnOfPending({ session, performance, events }: Run): void {
  const pending = session.state.deployment.pending_operations ?? [];
  if (pending.length === 0 || performance.preview) return;
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
