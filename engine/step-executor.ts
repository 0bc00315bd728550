import { setMaxListeners } from "node:events";
import pLimit, { type LimitFunction } from "p-limit";
import { given, layersOf, now, type CustomTimeouts } from "./checkpoint.ts";
import { equal, isSecret, mapObject, secret, secretTexts, type PropertyMap } from "./property-value.ts";
import { resourceProvider, type ResourceProvider, type StepContext } from "./providers.ts";
import { isDefaultProvider, isProviderType, nameOf } from "./urn.ts";
import { Refusal, UserError } from "./user-error.ts";
import type { PendingOperation, ResourceState } from "./checkpoint.ts";
import type { Diff } from "./diff.ts";
import type { Op } from "./events.ts";
import type { Run } from "./perform.ts";

/** One thing to be done to one resource. `old` is what the state has, `next` what it shall have. */
export type Step = {
  op: Op;
  diff?: Diff;
  /** Missing for components, which only exist in the state. */
  provider?: ResourceProvider | undefined;
  /** Reads an external resource: its outputs. */
  read?: () => Promise<PropertyMap>;
} & ({ old?: ResourceState | undefined; next: ResourceState } | { old: ResourceState; next?: undefined });

/** A step did not happen, because it or another one failed. It has been told already. */
export class Stopped extends Error {}

const counted = new Set<Op>(["same", "create", "update", "delete", "replace", "discard", "read"]);
type Pending = Partial<Record<string, PendingOperation["type"]>>;
const pendingTypes: Pending = { create: "creating", update: "updating", delete: "deleting", read: "reading" };

/** Runs steps, so many at a time, tells about each, and keeps the snapshot. The first failure stops all that wait. */
export class StepExecutor {
  readonly changes: Partial<Record<Op, number>> = {};
  readonly cancelled = new AbortController();
  /** Resolves when nothing new is to be started. */
  readonly stopping = Promise.withResolvers<undefined>();
  failed = false;
  /** A step failed, which the end of the operation is to mention; a bad registration says everything itself. */
  stepFailed = false;
  maybeCorrupt = false;
  /** What the program asked for and does not get. */
  refusal: Refusal | undefined;
  /** Finds out whether the program will ask for something that is refused. */
  rehearse: (() => Promise<void>) | undefined;
  private readonly parts: Pick<Run, "session" | "options" | "events" | "snapshot">;
  private readonly limit: LimitFunction;
  private readonly running = new Set<Promise<unknown>>();
  private cleared: Promise<void> | undefined;

  constructor(parts: StepExecutor["parts"]) {
    this.parts = parts;
    this.limit = pLimit(parts.options.parallel);
    // Each running script listens.
    setMaxListeners(0, this.cancelled.signal);
  }

  /** Does `work`, for whose end `idle` waits; after a failure nothing is begun. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    if (this.failed) throw new Stopped();
    const running = work();
    this.running.add(running);
    return running.finally(() => this.running.delete(running));
  }

  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  /** Ends the operation. Steps under way are seen to their end; without a reason, the user knows why already. */
  fail(reason?: Error, urn?: string, prefix = ""): void {
    this.failed = true;
    this.stopping.resolve(undefined);
    if (reason instanceof Stopped || (reason instanceof Refusal && this.refusal)) return;
    if (reason instanceof Refusal) this.refusal = reason;
    const reasons = reason instanceof AggregateError ? (reason.errors as Error[]) : reason ? [reason] : [];
    for (const one of reasons) {
      const about = one instanceof UserError ? one.urn : undefined;
      this.parts.events.diagnostic("error", prefix + one.message, urn ?? about);
    }
  }

  /** Something that fails the operation but lets it go on, so that a preview shows the rest. */
  complain(message: string, urn: string): void {
    this.stepFailed = true;
    this.parts.events.diagnostic("error", message, urn);
  }

  /** Kills running scripts, which then say so, and starts nothing new. */
  cancel(): void {
    this.cancelled.abort();
    this.fail(this.limit.activeCount === 0 ? new UserError("update canceled") : undefined);
  }

  /** Runs the step when it is its turn, and answers the resource's new state, or undefined where none is left. */
  async run(step: Step): Promise<ResourceState | undefined> {
    if (!this.parts.options.preview && hasEffect(step)) await (this.cleared ??= this.clear(step));
    return this.limit(() => this.runNow(step));
  }

  /** Before the first step that changes anything: a refusal comes now or, if it can be foreseen, never. */
  private async clear({ next }: Step): Promise<void> {
    if (next) await this.rehearse?.(); // before a delete the program has ended
    if (!this.failed) this.parts.snapshot.writes = true;
  }

  /**
   * Deletes resources in layers, as the CLI does it: first what is farthest from those that need nothing. A layer begins
   * when the one before it is gone, so that after a failure nothing is deleted that others may still need.
   */
  async delete(doomed: ResourceState[]): Promise<void> {
    const urns = new Set(doomed.map(({ urn }) => urn));
    for (const layer of layersOf(doomed).toReversed()) {
      if (this.failed) return;
      const steps = layer.map((old): Step => {
        const { external, deletedWith = "" } = old;
        const isLeft = !old.custom || external === true || old.retainOnDelete === true || urns.has(deletedWith);
        const provider = isLeft ? undefined : resourceProvider(old.type);
        const op = old.delete ? "delete-replaced" : "delete";
        // What was only read is forgotten.
        return { op: external ? "discard" : op, old, provider };
      });
      await this.track(() => Promise.allSettled(steps.map((step) => this.run(step)))); // failures have been told
    }
  }

  private async runNow(step: Step): Promise<ResourceState | undefined> {
    if (this.failed) throw new Stopped();
    const { events, options } = this.parts;
    const { op, old, next } = step;
    events.masker.add(secretTexts([next?.inputs ?? {}, old?.inputs ?? {}]));
    events.begun(step);
    const state = await this.record(step).catch((error: unknown) => this.stepFails(step, error as Error));
    // What was replaced is there until the end, marked.
    const left = old && op === "create-replacement" ? { ...old, delete: true } : old;
    const done = { ...step, old: left, next: state ?? next };
    // Of what is read only that counts which is not what was read the last time.
    if (op !== "read" || (old && !equal(old.outputs, state?.outputs))) this.count(op, subjectOf(step).urn);
    // A component is done when it registers its outputs; a preview shows it before that, too.
    if (!done.next || done.next.custom || options.preview) events.done(done);
    if (op === "create-replacement") {
      // Says what the create was; what it replaces is deleted in the end, by a step of its own.
      events.begun({ ...done, op: "replace" });
      this.count("replace", subjectOf(step).urn);
      events.done({ ...done, op: "replace" });
    }
    return state;
  }

  private stepFails(step: Step, error: Error): never {
    const { events, options, snapshot } = this.parts;
    this.stepFailed = true;
    // A create that failed has changed nothing we know of, and neither has what we refused; of the others one cannot be sure.
    const isSure = step.op.startsWith("create") || (error instanceof UserError && step.op !== "read");
    if (!options.preview && !isSure) this.maybeCorrupt = true;
    // That nothing can be saved is told once, in the end, and not for each step.
    const reason = error === snapshot.problem ? undefined : error;
    this.fail(reason, subjectOf(step).urn, options.preview ? "Preview failed: " : "");
    if (!options.preview) events.failed(step);
    throw new Stopped();
  }

  /** Does the step between two entries in the snapshot: what is in flight, and what came of it. */
  private async record(step: Step): Promise<ResourceState | undefined> {
    const { op, old, provider, read } = step;
    const { snapshot } = this.parts;
    const subject = subjectOf(step);
    const kind = op.replace(/-.*/, ""); // "create" of "create-replacement"
    // Only a provider's work takes so long that a crash can meet it.
    const pending = provider || read ? pendingTypes[kind] : undefined;
    try {
      if (pending) await snapshot.begin(pending, subject);
      const timeout = subject.customTimeouts?.[kind as keyof CustomTimeouts];
      const state = await apply(step, this.context(nameOf(subject.urn), subject.urn, timeout));
      if (op === "create-replacement" && old) {
        snapshot.replace(old, { ...old, delete: true });
        snapshot.exchange(undefined, state);
      } else snapshot.exchange(old, state, op === "same");
      return state;
    } finally {
      if (pending) snapshot.end(subject);
    }
  }

  context(name: string, urn?: string, timeoutSeconds?: number): StepContext {
    const { events, options, session } = this.parts;
    const signals = [this.cancelled.signal];
    // A timer cannot wait longer than that.
    if (timeoutSeconds) signals.push(AbortSignal.timeout(Math.min(timeoutSeconds * 1000, 2 ** 31 - 1)));
    return {
      name,
      preview: options.preview,
      directory: session.project.programDirectory,
      signal: AbortSignal.any(signals),
      log: (line) => events.diagnostic("info", line, urn, true),
    };
  }

  count(op: Op, urn: string): void {
    if (counted.has(op) && !isDefaultProvider(urn)) this.changes[op] = (this.changes[op] ?? 0) + 1;
  }
}

const subjectOf = (step: Step): ResourceState => step.next ?? step.old;

const hasEffect = (step: Step): boolean =>
  step.provider !== undefined && step.op !== "same" && !isProviderType(subjectOf(step).type);

/** Does the step and answers the resource's new state, or undefined where none is left. */
async function apply({ op, old, next, provider, read }: Step, context: StepContext) {
  if (!next) {
    if (op === "delete" && old.protect) {
      throw new UserError(
        `resource "${old.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove ` +
          "the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
          `\`pulumi state unprotect '${old.urn}'\``,
      );
    }
    if (!context.preview) await provider?.delete?.(old, context);
    return undefined;
  }
  if (op === "read") return withOutputs(next, await read?.());
  const inputs = next.inputs ?? {};
  if (op === "create" || op === "create-replacement") {
    const made = await provider?.create(inputs, context);
    const time = now();
    return withOutputs({ ...next, ...given({ id: made?.id }), created: time, modified: time }, made?.outputs);
  }
  const { id, outputs, created, modified } = old ?? {};
  const kept = { ...next, ...given({ id, outputs, created, modified }) };
  if (op === "same" || !old) return next.custom ? withOutputs(kept, outputs) : kept;
  return withOutputs({ ...kept, modified: now() }, await provider?.update(old, inputs, context));
}

export function withOutputs(state: ResourceState, outputs: PropertyMap = {}): ResourceState {
  const names = state.additionalSecretOutputs ?? [];
  const marked = mapObject(outputs, (value, key) => (names.includes(key) && !isSecret(value) ? secret(value) : value));
  const { outputs: _, ...rest } = state;
  return { ...rest, ...given({ outputs: marked }) };
}
