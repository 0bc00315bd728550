import { cpus } from "node:os";
import { checkIntegrity, refuseForeignState, type ResourceState } from "./checkpoint.ts";
import { hasSecure, programConfiguration, stackConfiguration, validateConfiguration } from "./configuration.ts";
import { Events, stepMetadata, type EventSink } from "./events.ts";
import { given } from "./goal.ts";
import { lock } from "./lock.ts";
import { Providers } from "./providers.ts";
import { Snapshot, opened } from "./snapshot.ts";
import { StepExecutor } from "./step-executor.ts";
import { UserError } from "./user-error.ts";
import { currentState, type Session } from "./workspace.ts";
import type { UpdateInfo } from "./backend.ts";
import type { PropertyMap } from "./property-value.ts";

export interface Options {
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
  options: Options;
  config: { values: Record<string, string>; secretKeys: string[] };
  events: Events;
  providers: Providers;
  snapshot: Snapshot;
  executor: StepExecutor;
  /** The resources that the stack has, secrets opened. */
  base: Promise<ResourceState[]>;
}

export const defaultParallel = 4 * cpus().length;

/** A preview does everything but write. */
class UnwrittenSnapshot extends Snapshot {
  override flush(): Promise<void> {
    return Promise.resolve();
  }
}

const unixTime = (): number => Math.floor(Date.now() / 1000);

/** Carries out an update, a refresh or a destroy, or previews it: state, events, history. */
export async function perform(session: Session, options: Options): Promise<Outcome> {
  const events = new Events(options.sinks);
  try {
    return await performWith(events, session, options);
  } finally {
    await events.close(); // also when it is refused: an open listener keeps the process alive
  }
}

async function performWith(events: Events, session: Session, options: Options): Promise<Outcome> {
  const configuration = stackConfiguration(session.project, session.file);
  validateConfiguration(session.project, session.name.stack, configuration);
  refuseForeignState(session.state);
  checkIntegrity(session.state.deployment);
  process.chdir(session.project.programDirectory);
  const startTime = unixTime();
  const run = await begin(events, session, options, configuration);
  const stopListening = listenForSignals(run);
  try {
    if (options.refresh || options.kind === "refresh") await refresh(run);
    if (options.kind === "update") await (await import("./program.ts")).runProgram(run);
    if (options.kind === "destroy") await run.executor.delete(await run.base);
    await run.snapshot.flush().catch(() => run.executor.fail());
    return await conclude(run, startTime);
  } finally {
    stopListening();
    events.emit({ cancelEvent: {} });
  }
}

/** Makes what the operation needs. The passphrase is checked meanwhile: that takes as long as starting the program. */
async function begin(events: Events, session: Session, options: Options, configuration: PropertyMap): Promise<Run> {
  const snapshot = options.preview ? new UnwrittenSnapshot(session) : new Snapshot(session);
  const providers = new Providers();
  const unlocked = session.secrets.unlock().catch((error: unknown) => {
    throw new UserError(`getting stack configuration: get stack secrets manager: ${(error as Error).message}`);
  });
  const base = unlocked.then(() => openState(session, options, snapshot, providers));
  base.catch(() => undefined); // whoever waits for it is told
  if (Object.values(configuration).some(hasSecure)) await unlocked;
  const config = await programConfiguration(configuration, session.secrets);
  const { values, secretKeys } = config;
  events.masker.add(secretKeys.map((key) => values[key] ?? ""));
  const shown = Object.entries(values).map(([key, value]) => [key, secretKeys.includes(key) ? "[secret]" : value]);
  events.emit({ preludeEvent: { config: Object.fromEntries(shown) as Record<string, string> } });
  const executor = new StepExecutor({ session, options, events, providers, snapshot });
  return { session, options, config, events, providers, snapshot, executor, base };
}

/** Opens the state. Creates that a crash interrupted are carried along until cleared; other pending operations are not. */
async function openState(
  { state, secrets }: Session,
  { clearPendingCreates }: Options,
  snapshot: Snapshot,
  providers: Providers,
): Promise<ResourceState[]> {
  const { resources = [], pending_operations = [] } = state.deployment;
  // What the state has and the engine does not know is refused before anything changes.
  for (const { type, custom, external } of resources) if (custom && !external) await providers.find(type);
  const base = resources.map((resource) => opened(resource, secrets));
  const kept = clearPendingCreates ? [] : pending_operations.filter(({ type }) => type === "creating");
  const pending = kept.map(({ type, resource }) => ({ type, resource: opened(resource, secrets) }));
  snapshot.open(base, pending);
  return base;
}

/** None of the built-in resources can be read again: what the state has is what there is. */
async function refresh({ base, events, executor, options, snapshot }: Run): Promise<void> {
  const planning = options.preview && { planning: true as const };
  const isOnlyRefresh = options.kind === "refresh";
  for (const old of await base) {
    events.emit({ resourcePreEvent: { metadata: stepMetadata("refresh", old, old), ...planning } });
    const metadata = stepMetadata(isOnlyRefresh ? "same" : "refresh", old, old);
    events.emit({ resOutputsEvent: { metadata, ...planning } });
    if (!isOnlyRefresh) continue;
    executor.count("same", old.urn);
    // The CLI leaves out what depends on nothing.
    const { propertyDependencies = {}, ...rest } = old;
    const needed = Object.entries(propertyDependencies).filter(([, urns]) => urns.length > 0);
    snapshot.replace(old, { ...rest, ...given({ propertyDependencies: Object.fromEntries(needed) }) });
  }
}

/** Says how it went, and writes the history. */
async function conclude({ session, options, events, executor, snapshot }: Run, startTime: number): Promise<Outcome> {
  const { maybeCorrupt, changes, failed, stepFailed } = executor;
  const { kind, message, environment, preview: isPreview } = options;
  const ok = !failed && !stepFailed;
  const result: UpdateInfo["result"] = ok ? "succeeded" : "failed";
  if (stepFailed) events.diagnostic("error", `${isPreview ? "preview" : "update"} failed`);
  const endTime = unixTime();
  const summary = { maybeCorrupt, durationSeconds: endTime - startTime, resourceChanges: changes, isPreview, result };
  events.emit({ summaryEvent: { ...summary, PolicyPacks: {} } });
  if (snapshot.problem) throw snapshot.problem;
  if (!isPreview) {
    const config = session.file.config();
    const times = { kind, startTime, message, environment, config, version: 0, result, endTime } as const;
    const update = { ...times, resourceChanges: changes };
    await session.backend.addToHistory(session.name, update, snapshot.text()).catch((error: unknown) => {
      throw new UserError(
        `the update is over and its state is saved, but not its history: ${(error as Error).message}`,
      );
    });
  }
  return { ok, changes };
}

/** The first signal stops scripts and starts nothing new; the second one ends the engine on the spot. */
function listenForSignals({ events, executor }: Run): () => void {
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
