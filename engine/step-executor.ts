import { setMaxListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { requirements } from "./checkpoint.ts";
import { stepMetadata } from "./events.ts";
import { secretTexts } from "./property-value.ts";
import { applyStep, stepUrn } from "./step.ts";
import { isDefaultProvider, nameOf } from "./urn.ts";
import { UserError } from "./user-error.ts";
import type { CustomTimeouts, PendingOperation, ResourceState } from "./checkpoint.ts";
import type { Events, Op } from "./events.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Step } from "./step.ts";
import type { Providers } from "./providers.ts";

/** A step did not happen, because it or another one failed. It has been told already. */
export class Stopped extends Error {
  override name = "Stopped";
}

const pendingTypes: Partial<Record<Op, PendingOperation["type"]>> = {
  create: "creating",
  "create-replacement": "creating",
  update: "updating",
  delete: "deleting",
  "delete-replaced": "deleting",
  read: "reading",
};

const settlingMilliseconds = 20;

const counted = new Set<Op>(["same", "create", "update", "delete", "replace", "discard"]);

/** Runs steps, so many at a time, tells about each, and keeps the snapshot. The first failure stops all that wait. */
export class StepExecutor {
  readonly changes: Record<string, number> = {};
  readonly cancelled = new AbortController();
  /** Resolves when nothing new is to be started. */
  readonly stopping = Promise.withResolvers<undefined>();
  maybeCorrupt = false;
  failed = false;
  /** A step failed, which the end of the operation is to mention; a bad registration says everything itself. */
  stepFailed = false;
  complained = false;
  private readonly events: Events;
  /** Missing in a preview, where nothing is done. */
  private readonly snapshot: Snapshot | undefined;
  private readonly directory: string;
  private free: number;
  private readonly waiting: (() => void)[] = [];
  private settling: Promise<unknown> | undefined;
  private readonly running = new Set<Promise<unknown>>();

  constructor(events: Events, snapshot: Snapshot | undefined, parallel: number, directory: string) {
    this.events = events;
    this.snapshot = snapshot;
    this.free = parallel;
    this.directory = directory;
    // Each running script listens.
    setMaxListeners(0, this.cancelled.signal);
  }

  /** Runs one resource's steps in order and answers its state after the first. */
  run(steps: Step[]): Promise<ResourceState | undefined> {
    const running = this.runInTurn(steps);
    this.running.add(running);
    const over = (): void => void this.running.delete(running);
    running.then(over, over);
    return running;
  }

  /** Resolves when no step is running any more. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  fail(message: string, urn?: string): void {
    this.failed = true;
    this.stopping.resolve(undefined);
    this.events.diagnostic("error", message, urn);
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Something that fails the operation but lets it go on, so that a preview shows the rest. */
  complain(message: string, urn: string): void {
    this.complained = true;
    this.events.diagnostic("error", message, urn);
  }

  /** The operation ended badly without a step's fault; `problem` when nobody has said why. */
  end(problem: string | undefined): void {
    if (problem !== undefined) this.fail(problem);
    this.failed = true;
    this.stopping.resolve(undefined);
  }

  /** Kills running scripts and starts nothing new. */
  cancel(): void {
    this.cancelled.abort();
    this.end(this.running.size === 0 ? "update canceled" : undefined);
  }

  private async runInTurn(steps: Step[]): Promise<ResourceState | undefined> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      let first: ResourceState | undefined;
      for (const step of steps) first = (await this.runStep(step)) ?? first;
      return first;
    } finally {
      const wake = this.waiting.shift();
      if (wake) wake();
      else this.free++;
    }
  }

  private async runStep(step: Step): Promise<ResourceState | undefined> {
    if (this.snapshot && isSlow(step) && step.op !== "same") await this.settled();
    if (this.failed || this.cancelled.signal.aborted) throw new Stopped();
    const preview = !this.snapshot;
    const planning = preview && { planning: true as const };
    this.events.masker.add(secretTexts(step.next?.inputs ?? {}).concat(secretTexts(step.old?.inputs ?? {})));
    const metadata = stepMetadata(step.op, step.old, step.next, step.diff);
    this.events.emit({ resourcePreEvent: { metadata, ...planning } });
    let state: ResourceState | undefined;
    try {
      state = await this.apply(step);
    } catch (error) {
      const failed = this.failStep(step, error as Error);
      if (!preview) this.events.emit({ resOpFailedEvent: { metadata, status: 0, steps: 0 } });
      throw failed;
    }
    this.count(step);
    const next = state ?? step.next;
    // A component is done when it registers its outputs; a preview shows it before that, too.
    const isOpenComponent = next && !next.custom && step.op !== "replace";
    if (!isOpenComponent || preview) {
      const after = stepMetadata(step.op, step.old, next, step.diff);
      this.events.emit({ resOutputsEvent: { metadata: after, ...planning } });
    }
    return state;
  }

  /** A refusal should come before anything has changed: what the program registers first mostly arrives together. */
  private settled(): Promise<unknown> {
    this.settling ??= setTimeout(settlingMilliseconds);
    return this.settling;
  }

  private async apply(step: Step): Promise<ResourceState | undefined> {
    const { op, old, next } = step;
    if (op === "delete" && old?.protect) throw protectionError(old.urn);
    const subject = next ?? old;
    const pending = this.snapshot && subject && isSlow(step) ? pendingTypes[op] : undefined;
    try {
      if (pending && subject) await this.snapshot?.begin(pending, subject);
      const state = await applyStep(step, this.contextOf(step));
      this.record(step, state);
      return state;
    } finally {
      if (pending && subject) this.snapshot?.end(subject);
    }
  }

  /** Puts what the step did into the snapshot. */
  private record({ op, old }: Step, state: ResourceState | undefined): void {
    if (!this.snapshot || op === "replace") return;
    if (op === "create-replacement" && old) this.snapshot.replace(old, { ...old, delete: true });
    this.snapshot.exchange(op === "create-replacement" ? undefined : old, state, op === "same");
  }

  private contextOf(step: Step): Parameters<typeof applyStep>[1] {
    const urn = stepUrn(step);
    return {
      name: nameOf(urn),
      preview: !this.snapshot,
      directory: this.directory,
      signal: this.signalFor(step),
      log: (line) => {
        this.events.diagnostic("info", line, urn, true);
      },
    };
  }

  private signalFor({ op, old, next }: Step): AbortSignal {
    const kind = op.replace(/-.*/, "") as keyof CustomTimeouts;
    const limit = (next ?? old)?.customTimeouts?.[kind];
    if (!limit) return this.cancelled.signal;
    return AbortSignal.any([this.cancelled.signal, AbortSignal.timeout(Math.min(limit * 1000, 2 ** 31 - 1))]);
  }

  private failStep(step: Step, error: Error): Stopped {
    this.stepFailed = true;
    // A create that failed has changed nothing we know of; of the others one cannot be sure.
    if (this.snapshot && !step.op.startsWith("create") && !(error instanceof UserError)) this.maybeCorrupt = true;
    // That nothing can be saved is told once, in the end, and not for each step.
    if (error === this.snapshot?.problem) this.end(undefined);
    else this.fail(`${this.snapshot ? "" : "Preview failed: "}${error.message}`, stepUrn(step));
    return new Stopped();
  }

  count(step: Step): void {
    if (!counted.has(step.op) || isDefaultProvider(stepUrn(step))) return;
    this.changes[step.op] = (this.changes[step.op] ?? 0) + 1;
  }
}

/** Whether a crash can meet the step half-way: only a provider's work takes time. */
function isSlow({ provider, read }: Step): boolean {
  return provider !== undefined || read !== undefined;
}

function protectionError(urn: string): UserError {
  return new UserError(
    `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the ` +
      "`protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
      `\`pulumi state unprotect '${urn}'\``,
  );
}

/** Deletes resources, everything before what it needs, as many at once as that allows. */
export async function runDeletes(doomed: ResourceState[], providers: Providers, executor: StepExecutor): Promise<void> {
  const urns = new Set(doomed.map(({ urn }) => urn));
  const finished = new Map<ResourceState, Promise<void>>();
  // Users of a resource come after it in the state, so backwards they are met first.
  for (const [i, resource] of [...doomed.entries()].reverse()) {
    const users = doomed.slice(i + 1).filter((other) => requirements(other).includes(resource.urn));
    const before = users.flatMap((user) => finished.get(user) ?? []);
    const step = deleteStep(resource, urns, providers);
    finished.set(
      resource,
      Promise.all(before).then(async () => {
        await executor.run([step]);
      }),
    );
  }
  await Promise.allSettled(finished.values());
}

function deleteStep(old: ResourceState, doomed: Set<string>, providers: Providers): Step {
  const goesAlong = old.deletedWith !== undefined && doomed.has(old.deletedWith);
  const provider = old.custom && !old.external && !goesAlong ? providers.resource(old.type) : undefined;
  // What was only read is forgotten.
  const op = old.external ? "discard" : old.delete ? "delete-replaced" : "delete";
  return { op, old, ...(provider && { provider }) };
}
