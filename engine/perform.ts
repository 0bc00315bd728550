import { cpus } from "node:os";
import { checkIntegrity, refuseForeignState } from "./checkpoint.ts";
import { hasSecure, programConfiguration, stackConfiguration, validateConfiguration } from "./configuration.ts";
import { StepExecutor, runDeletes } from "./step-executor.ts";
import { Events, stepMetadata } from "./events.ts";
import { lock } from "./lock.ts";
import { Providers } from "./providers.ts";
import { Snapshot, opened } from "./snapshot.ts";
import { UserError } from "./user-error.ts";
import { currentState } from "./workspace.ts";
import type { EventSink, Op } from "./events.ts";
import type { ResourceState } from "./checkpoint.ts";
import type { PropertyMap } from "./property-value.ts";
import type { Session } from "./workspace.ts";
import type { UpdateInfo } from "./backend.ts";

export interface Performance {
  kind: UpdateInfo["kind"];
  preview: boolean;
  message: string;
  parallel: number;
  environment: Record<string, string>;
  clearPendingCreates: boolean;
  /** Refreshes before an update or a destroy. */
  refresh: boolean;
  sinks: EventSink[];
}

export interface Outcome {
  ok: boolean;
  changes: Record<string, number>;
}

/** What one operation has at hand while it runs. */
export interface Run {
  session: Session;
  performance: Performance;
  events: Events;
  executor: StepExecutor;
  snapshot: Snapshot | undefined;
  base: Promise<ResourceState[]>;
  config: { values: Record<string, string>; secretKeys: string[] };
}

export const defaultParallel = 4 * cpus().length;

/** Carries out an update, a refresh or a destroy, or previews it: state, events, history. */
export async function perform(session: Session, performance: Performance): Promise<Outcome> {
  const configuration = stackConfiguration(session.project, session.file);
  validateConfiguration(session.project, session.name.stack, configuration);
  refuseForeignState(session.state);
  checkIntegrity(session.state.deployment);
  process.chdir(session.project.programDirectory);
  const startTime = unixTime();
  const run = await begin(session, performance, configuration);
  const stopListening = listenForSignals(run.events, run.executor);
  try {
    if (performance.refresh && performance.kind !== "refresh") await refreshAll(run, "refresh");
    await runners[performance.kind](run);
    await run.snapshot?.flush().catch(() => run.executor.end(undefined));
    return await conclude(run, startTime);
  } finally {
    stopListening();
    run.events.emit({ cancelEvent: {} });
    await run.events.close();
  }
}

/** Makes what the operation needs. The passphrase is checked meanwhile: that takes as long as starting the program. */
async function begin(session: Session, performance: Performance, configuration: PropertyMap): Promise<Run> {
  const events = new Events(performance.sinks);
  const unlocked = session.secrets.unlock().catch((error: unknown) => {
    throw new UserError(`getting stack configuration: get stack secrets manager: ${(error as Error).message}`);
  });
  unlocked.catch(() => undefined); // whoever waits for it is told
  if (Object.values(configuration).some(hasSecure)) await unlocked;
  const config = await programConfiguration(configuration, session.secrets);
  events.masker.add(config.secretKeys.map((key) => config.values[key] ?? ""));
  events.emit({ preludeEvent: { config: shownConfig(config) } });
  const snapshot = performance.preview ? undefined : new Snapshot(session);
  const base = unlocked.then(() => openBase(session, performance, snapshot));
  base.catch(() => undefined);
  const executor = new StepExecutor(events, snapshot, performance.parallel, session.project.programDirectory);
  return { session, performance, events, executor, snapshot, base, config };
}

/** Says how it went, and writes the history. */
async function conclude(
  { session, performance, events, executor, snapshot }: Run,
  startTime: number,
): Promise<Outcome> {
  const { maybeCorrupt, changes } = executor;
  const ok = !executor.failed && !executor.complained;
  const result = ok ? "succeeded" : "failed";
  const { kind, message, environment, preview: isPreview } = performance;
  if (executor.stepFailed || executor.complained)
    events.diagnostic("error", `${isPreview ? "preview" : "update"} failed`);
  const endTime = unixTime();
  const durationSeconds = endTime - startTime;
  events.emit({
    summaryEvent: { maybeCorrupt, durationSeconds, resourceChanges: changes, PolicyPacks: {}, isPreview, result },
  });
  if (snapshot?.problem) throw snapshot.problem;
  if (snapshot) {
    const times = {
      startTime,
      message,
      environment,
      config: session.file.config(),
      version: 0,
      result,
      endTime,
    } as const;
    const update = { kind, ...times, resourceChanges: changes };
    await session.backend.addToHistory(session.name, update, snapshot.text()).catch((error: unknown) => {
      throw new UserError(
        `the update is over and its state is saved, but not its history: ${(error as Error).message}`,
      );
    });
  }
  return { ok, changes };
}

function unixTime(): number {
  return Math.floor(Date.now() / 1000);
}

/** Runs `work` with the stack's lock held. */
export async function locked<T>(session: Session, work: () => T | Promise<T>): Promise<T> {
  const release = await lock(session.backend, session.name);
  try {
    // Whoever had the lock until now may have changed the state since the session was opened.
    session.state = currentState(session);
    return await work();
  } finally {
    release();
  }
}

const runners: Record<UpdateInfo["kind"], (run: Run) => Promise<void>> = {
  update: async (run) => (await import("./run-program.ts")).runProgram(run),
  async destroy({ base, executor }) {
    const providers = new Providers();
    const doomed = await base;
    for (const { type, custom, external } of doomed) if (custom && !external) await providers.find(type);
    await runDeletes(doomed, providers, executor);
  },
  async refresh(run) {
    for (const old of await refreshAll(run, "same")) run.executor.count({ op: "same", old });
  },
};

/** None of the built-in resources can be read again: what the state has is what there is. */
async function refreshAll({ base, events, performance, snapshot }: Run, result: Op): Promise<ResourceState[]> {
  const planning = performance.preview && { planning: true as const };
  const resources = await base;
  for (const old of resources) {
    events.emit({ resourcePreEvent: { metadata: stepMetadata("refresh", old, old), ...planning } });
    events.emit({ resOutputsEvent: { metadata: stepMetadata(result, old, old), ...planning } });
    if (performance.kind === "refresh") snapshot?.replace(old, withoutEmptyDependencies(old));
  }
  return resources;
}

/** A refresh of the CLI leaves out what depends on nothing. */
function withoutEmptyDependencies({ propertyDependencies = {}, ...rest }: ResourceState): ResourceState {
  const kept = Object.entries(propertyDependencies).filter(([, urns]) => urns.length > 0);
  return kept.length > 0 ? { ...rest, propertyDependencies: Object.fromEntries(kept) } : rest;
}

/** Opens the state. Creates that a crash interrupted are carried along until cleared; other pending operations are not. */
async function openBase(
  { state, secrets }: Session,
  { clearPendingCreates }: Performance,
  snapshot: Snapshot | undefined,
): Promise<ResourceState[]> {
  const { resources = [], pending_operations = [] } = state.deployment;
  // What the state has and the engine does not know is refused before anything changes.
  for (const { type, custom, external } of resources) if (custom && !external) await new Providers().find(type);
  const base = resources.map((resource) => opened(resource, secrets));
  const kept = clearPendingCreates ? [] : pending_operations.filter(({ type }) => type === "creating");
  const pending = kept.map(({ type, resource }) => ({ type, resource: opened(resource, secrets) }));
  snapshot?.open(base, pending);
  return base;
}

function shownConfig({ values, secretKeys }: Run["config"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, secretKeys.includes(key) ? "[secret]" : value]),
  );
}

/** The first signal stops scripts and starts nothing new; the second one ends the engine on the spot. */
function listenForSignals(events: Events, executor: StepExecutor): () => void {
  let seen = false;
  const stop = (): void => {
    if (seen) process.exit(1);
    seen = true;
    const message =
      "^C received; cancelling. If you would like to terminate immediately, press ^C again.\n" +
      "Note that terminating immediately may lead to orphaned resources and other inconsistencies.\n";
    events.emit({ stdoutEvent: { message, color: "never" } });
    executor.cancel();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
