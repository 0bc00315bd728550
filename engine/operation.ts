import { Providers, packageOf } from "./providers.ts";
import { InvokeError } from "./resource-monitor.ts";
import { RegistrationError, StepGenerator } from "./step-generator.ts";
import { Stopped, runDeletes } from "./step-executor.ts";
import { given } from "./goal.ts";
import { readStackOutputs } from "./stack-reference.ts";
import { stepMetadata } from "./events.ts";
import { withOutputs } from "./step.ts";
import { isProviderType, rootStackType } from "./urn.ts";
import type { Backend, StackName } from "./backend.ts";
import type { Events, Op } from "./events.ts";
import type { Goal } from "./goal.ts";
import type { MonitorTarget } from "./resource-monitor.ts";
import type { PropertyMap } from "./property-value.ts";
import type { ResourceState } from "./checkpoint.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Step } from "./step.ts";
import type { StepExecutor } from "./step-executor.ts";

export interface OperationParts {
  backend: Backend;
  name: StackName;
  base: ResourceState[];
  events: Events;
  executor: StepExecutor;
  /** Missing in a preview. */
  snapshot: Snapshot | undefined;
  directory: string;
}

interface OpenComponent {
  op: Op;
  old: ResourceState | undefined;
  state: ResourceState;
}

/** An update (or its preview) as seen from the program: each call becomes steps, the rest is deleted in the end. */
export class Operation implements MonitorTarget {
  readonly providers = new Providers();
  private readonly parts: OperationParts;
  private readonly generator: StepGenerator;
  private readonly defaultProviders = new Map<string, Promise<string>>();
  /** Components that have not registered their outputs. */
  private readonly components = new Map<string, OpenComponent>();
  private stackOutputs: PropertyMap | undefined;
  private completing: Promise<void> | undefined;
  private open = 0;
  private readonly whenNoneOpen: (() => void)[] = [];

  constructor(parts: OperationParts) {
    this.parts = parts;
    this.generator = new StepGenerator(parts.name.stack, parts.name.project, parts.base, this.providers);
  }

  register(goal: Goal): Promise<ResourceState> {
    return this.tracked(async () => {
      const provider = await this.providerOf(goal);
      this.requireRunning();
      const steps = this.generator.generate({ ...goal, state: { ...goal.state, ...given({ provider }) } });
      this.refuseReplacingProtected(steps);
      const state = await this.parts.executor.run(steps);
      const [{ op, old }] = steps as [Step];
      if (!state) throw new Stopped();
      if (!state.custom) this.components.set(state.urn, { op, old, state });
      return state;
    });
  }

  registerOutputs(urn: string, outputs: PropertyMap): void {
    const component = this.components.get(urn);
    if (!component || this.parts.executor.stepFailed) return;
    // The stack's outputs count when all is over: a failed update keeps the old ones that it did not get to.
    if (component.state.type === rootStackType) this.stackOutputs = outputs;
    else this.closeComponent(component, outputs);
  }

  readStackReference(goal: Goal): Promise<ResourceState> {
    return this.tracked(async () => {
      const provider = await this.defaultProvider("pulumi", "");
      this.requireRunning();
      const { urn, old } = this.generator.claim(goal);
      const next = { urn, ...goal.state, provider };
      const { backend, name } = this.parts;
      const read = (): Promise<PropertyMap> => readStackOutputs(backend, name.project, goal.state.id ?? "");
      const state = await this.parts.executor.run([{ op: "read", ...(old && { old }), next, read }]);
      if (!state) throw new Stopped();
      return state;
    });
  }

  invoke(token: string, args: PropertyMap, version: string): Promise<PropertyMap> {
    return this.tracked(async () => {
      const packageName = packageOf(token);
      const provider = await this.providers.load(packageName);
      await this.defaultProvider(packageName, version);
      const run = provider.functions[token];
      if (!run) throw new InvokeError(`invocation of ${token} returned an error: the function needs the Pulumi CLI`);
      try {
        return await run(args, {
          name: token,
          preview: false,
          directory: this.parts.directory,
          signal: this.parts.executor.cancelled.signal,
          log: (line) => {
            this.parts.events.diagnostic("info", line, undefined, true);
          },
        });
      } catch (error) {
        throw new InvokeError(`invocation of ${token} returned an error: ${(error as Error).message}`);
      }
    });
  }

  /** What the program no longer has is deleted, once everything that it has is done. */
  programDone(): Promise<void> {
    this.completing ??= this.complete();
    return this.completing;
  }

  refused(error: Error): void {
    if (error instanceof Stopped) return;
    this.parts.executor.fail(error.message, error instanceof RegistrationError ? error.urn : undefined);
  }

  /** Settles the stack's own outputs; called when nothing runs any more. */
  finish(): void {
    const root = [...this.components.values()].find(({ state }) => state.type === rootStackType);
    if (!root || !this.stackOutputs) return;
    const kept = this.parts.executor.failed ? root.old?.outputs : {};
    this.closeComponent(root, { ...kept, ...this.stackOutputs });
  }

  private async complete(): Promise<void> {
    if (this.open > 0) await new Promise<void>((resolve) => this.whenNoneOpen.push(resolve));
    const { executor, base, snapshot } = this.parts;
    if (executor.failed) return;
    const doomed = (snapshot?.resources() ?? this.previewed(base)).filter(
      (resource) => resource.delete === true || !this.generator.isRegistered(resource.urn),
    );
    for (const { type } of doomed.filter(({ custom, external }) => custom && !external)) {
      await this.providers.find(type);
    }
    await runDeletes(doomed, this.providers, executor);
  }

  /** In a preview nothing has been marked; what would be replaced counts as marked. */
  private previewed(base: ResourceState[]): ResourceState[] {
    return base.map((resource) => (this.replaced.has(resource) ? { ...resource, delete: true } : resource));
  }

  private readonly replaced = new Set<ResourceState>();

  private closeComponent({ op, old, state }: OpenComponent, outputs: PropertyMap): void {
    const { snapshot, events } = this.parts;
    this.components.delete(state.urn);
    const next = withOutputs(state, outputs);
    snapshot?.replace(state, next);
    const metadata = stepMetadata(op, old, next);
    events.emit({ resOutputsEvent: { metadata, ...(!snapshot && { planning: true }) } });
  }

  private refuseReplacingProtected(steps: Step[]): void {
    const replaced = steps.find(({ op }) => op === "create-replacement");
    if (!replaced?.old) return;
    if (!this.parts.snapshot) this.replaced.add(replaced.old);
    if (!replaced.old.protect) return;
    const { urn } = replaced.old;
    const message =
      `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
      "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
    if (this.parts.snapshot) throw new RegistrationError(urn, message);
    // A preview goes on, to show what else there is.
    this.parts.executor.complain(message, urn);
  }

  private async providerOf({ state, version }: Goal): Promise<string> {
    if (!state.custom) return "";
    const packageName = packageOf(state.type);
    await this.providers.load(packageName);
    if (isProviderType(state.type)) return "";
    return state.provider ?? (await this.defaultProvider(packageName, version));
  }

  /** The reference of a package's default provider, which becomes a resource when first needed. */
  private defaultProvider(packageName: string, version: string): Promise<string> {
    const name = version === "" ? "default" : `default_${version.replace(/[.+-]/g, "_")}`;
    const key = `${packageName}::${name}`;
    const known = this.defaultProviders.get(key);
    if (known) return known;
    const inputs = given({ version });
    const state = { custom: true, type: `pulumi:providers:${packageName}`, ...given({ inputs }) } as Goal["state"];
    const goal = { name, state, version, aliases: [], deleteBeforeReplace: false };
    const made = this.register(goal).then(({ urn, id = "" }) => `${urn}::${id}`);
    this.defaultProviders.set(key, made);
    return made;
  }

  private async tracked<T>(work: () => Promise<T>): Promise<T> {
    this.open++;
    try {
      this.requireRunning();
      return await work();
    } finally {
      this.open--;
      if (this.open === 0) for (const resolve of this.whenNoneOpen.splice(0)) resolve();
    }
  }

  private requireRunning(): void {
    const { executor } = this.parts;
    if (executor.failed || executor.cancelled.signal.aborted) throw new Stopped();
  }
}
