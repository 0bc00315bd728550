import { checkIntegrity, cliVersion, given, refuseForeignState, type ResourceState } from "./checkpoint.ts";
import { validateConfiguration } from "./config-schema.ts";
import { hasSecure, programConfiguration, stackConfiguration } from "./configuration.ts";
import { Events, type EventSink } from "./events.ts";
import { interrupts } from "./interrupts.ts";
import { equal, mapObject, mask, type PropertyMap } from "./property-value.ts";
import { resourceProvider } from "./providers.ts";
import { Snapshot } from "./snapshot.ts";
import { StepExecutor } from "./step-executor.ts";
import { UserError } from "./user-error.ts";
import type { UpdateInfo } from "./backend.ts";
import type { Flags } from "./command-line.ts";
import { readStackOutputs, type Session } from "./workspace.ts";

export type Kind = UpdateInfo["kind"];

export interface Options {
  kind: Kind;
  preview: boolean;
  /** Whether there was no preview of this update, so that it makes one by itself, to see what would be refused. */
  rehearses: boolean;
  parallel: number;
  flags: Flags;
  sinks: EventSink[];
}

export interface Outcome {
  ok: boolean;
  changes: object;
}

/** What one operation has at hand while it runs. */
export interface Run {
  session: Session;
  options: Options;
  config: Awaited<ReturnType<typeof programConfiguration>>;
  events: Events;
  snapshot: Snapshot;
  executor: StepExecutor;
  /** The resources that the stack has, secrets opened. */
  base: Promise<ResourceState[]>;
  /** What providers' functions have answered, by token and arguments. */
  answers: Map<string, Promise<PropertyMap>>;
}

const unixTime = (): number => Math.floor(Date.now() / 1000);

/** Carries out an update, a refresh or a destroy, or previews it: state, events, history. */
export async function perform(session: Session, options: Options): Promise<Outcome> {
  const events = new Events(options.sinks, options.preview);
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
  const { executor, snapshot, base } = run;
  const stopListening = handleInterrupts(run);
  try {
    if (options.flags.refresh === "true" || options.kind === "refresh") await refresh(run);
    if (options.kind === "update") await (await import("./program.ts")).runProgram(run);
    if (options.kind === "destroy") await executor.delete(await base);
    if (!options.preview && !executor.refusal) snapshot.writes = true;
    await snapshot.flush().catch(() => executor.fail());
    return await conclude(run, startTime);
  } finally {
    stopListening();
    events.emit({ cancelEvent: {} });
  }
}

/** Makes what the operation needs. The passphrase is checked meanwhile: that takes as long as starting the program. */
async function begin(events: Events, session: Session, options: Options, configuration: PropertyMap): Promise<Run> {
  const snapshot = new Snapshot(session);
  const unlocked = session.secrets.unlock().catch((error: unknown) => {
    throw new UserError(`getting stack configuration: get stack secrets manager: ${(error as Error).message}`);
  });
  const base = unlocked.then(() => openState(session, options, snapshot));
  base.catch(() => undefined); // whoever waits for it is told
  if (Object.values(configuration).some(hasSecure)) await unlocked;
  const config = await programConfiguration(configuration, session.secrets);
  const { values, secretKeys } = config;
  events.masker.add(secretKeys.map((key) => values[key] ?? ""));
  const shown = mapObject(values, (value, key) => (secretKeys.includes(key) ? mask : value));
  events.emit({ preludeEvent: { config: shown } });
  const executor = new StepExecutor({ session, options, events, snapshot });
  return { session, options, config, events, snapshot, executor, base, answers: new Map() };
}

/** Opens the state. Creates that a crash interrupted are carried along until cleared; other pending operations are not. */
function openState({ state, secrets }: Session, { flags }: Options, snapshot: Snapshot): ResourceState[] {
  const { resources = [], pending_operations = [] } = state.deployment;
  // What the state has and the engine does not know is refused before anything changes.
  for (const { type, custom, external } of resources) if (custom && !external) resourceProvider(type);
  const base = resources.map((resource) => secrets.open(resource, resource.urn));
  const kept = pending_operations.filter(({ type }) => type === "creating" && !flags["clear-pending-creates"]);
  const pending = kept.map(({ type, resource }) => ({ type, resource: secrets.open(resource, resource.urn) }));
  snapshot.open(base, pending);
  return base;
}

/** Of the built-in resources only another stack's outputs can be read again: of the others the state has what there is. */
async function refresh({ session, base, events, executor, options, snapshot }: Run): Promise<void> {
  const isOnlyRefresh = options.kind === "refresh";
  for (const old of await base) {
    events.begun({ op: "refresh", old, next: old });
    const { id = "", outputs } = old;
    const read =
      isOnlyRefresh && old.external ? await readStackOutputs(session.backend, session.name.project, id) : outputs;
    const op = equal(read, outputs) ? "same" : "update";
    // The CLI leaves out what depends on nothing.
    const { propertyDependencies: all = {}, ...rest } = old;
    const propertyDependencies = given(all) as typeof all;
    const next = { ...rest, ...given({ propertyDependencies, outputs: read }) };
    events.done({ op: isOnlyRefresh ? op : "refresh", old, next });
    if (!isOnlyRefresh) continue;
    executor.count(op, old.urn);
    snapshot.replace(old, next);
  }
}

/** Says how it went, and writes the history. */
async function conclude({ session, options, events, executor, snapshot }: Run, startTime: number): Promise<Outcome> {
  const { maybeCorrupt, changes: resourceChanges, failed, stepFailed } = executor;
  const { kind, preview: isPreview, flags } = options;
  const ok = !failed && !stepFailed;
  const result = ok ? "succeeded" : "failed";
  if (stepFailed) events.diagnostic("error", `${isPreview ? "preview" : "update"} failed`);
  const endTime = unixTime();
  const summary = { maybeCorrupt, durationSeconds: endTime - startTime, resourceChanges, isPreview, result };
  events.emit({ summaryEvent: { ...summary, PolicyPacks: {} } });
  if (snapshot.problem) throw snapshot.problem;
  // A preview leaves no trace, and neither does a refusal before the first step.
  if (snapshot.writes) {
    const { message = "", "exec-kind": exec = "cli" } = flags;
    const environment = { "exec.kind": exec, "pulumi.version": cliVersion, "pulumi.os": process.platform };
    const about = { kind, startTime, message, environment, config: session.file.config() };
    const update = { ...about, version: 0, result, endTime, resourceChanges } as const;
    await session.backend.addToHistory(session.name, update, snapshot.content()).catch((error: unknown) => {
      const problem = (error as Error).message;
      throw new UserError(`the update is over and its state is saved, but not its history: ${problem}`);
    });
  }
  return { ok, changes: resourceChanges };
}

/** The first signal stops scripts and starts nothing new; the second one ends the engine on the spot. */
function handleInterrupts({ events, executor }: Run): () => void {
  const before = interrupts.handle;
  interrupts.handle = () => {
    if (executor.cancelled.signal.aborted) {
      process.stderr.write("error: update cancelled\n");
      process.exit(8);
    }
    const message =
      "^C received; cancelling. If you would like to terminate immediately, press ^C again.\n" +
      "Note that terminating immediately may lead to orphaned resources and other inconsistencies.\n";
    events.emit({ stdoutEvent: { message, color: "never" } });
    executor.cancel();
  };
  return () => {
    interrupts.handle = before;
  };
}
