import { fullName, type Backend } from "./backend.ts";
import { stepMetadata } from "./events.ts";
import { given, type Goal } from "./goal.ts";
import { isSecret, some, type PropertyMap } from "./property-value.ts";
import { packageOf } from "./providers.ts";
import { Secrets } from "./secrets.ts";
import { opened } from "./snapshot.ts";
import { Stopped, withOutputs, type Step } from "./step-executor.ts";
import { RegistrationError, StepGenerator } from "./step-generator.ts";
import { isProviderType, rootStackType } from "./urn.ts";
import { UserError } from "./user-error.ts";
import { parseStackName } from "./workspace.ts";
import type { ResourceState } from "./checkpoint.ts";
import type { Run } from "./perform.ts";

/** A function of a provider failed; that is for the program to handle. */
export class InvokeError extends Error {}

type Component = Step & { next: ResourceState };

/** An update (or its preview) as seen from the program: each call becomes a step, the rest is deleted in the end. */
export class Operation {
  private readonly run: Run;
  private readonly generator: StepGenerator;
  private readonly defaultProviders = new Map<string, Promise<string>>();
  /** Components that have not registered their outputs. */
  private readonly components = new Map<string, Component>();
  private stack: { component: Component; outputs: PropertyMap } | undefined;

  constructor(run: Run, base: ResourceState[]) {
    this.run = run;
    this.generator = new StepGenerator(run.session.name, base, run.providers);
  }

  register(goal: Goal): Promise<ResourceState> {
    const { executor } = this.run;
    return executor.track(async () => {
      const provider = await this.providerOf(goal);
      if (executor.failed) throw new Stopped();
      const step = this.generator.generate({ ...goal, state: { ...goal.state, ...given({ provider }) } });
      if (step.op === "create-replacement" && step.old?.protect) this.refuseReplacing(step.old.urn);
      const state = await executor.run(step);
      if (!state) throw new Stopped();
      if (!state.custom) this.components.set(state.urn, { ...step, next: state });
      return state;
    });
  }

  registerOutputs(urn: string, outputs: PropertyMap): void {
    const component = this.components.get(urn);
    const { failed, stepFailed } = this.run.executor;
    // After a failed step nothing more counts; a bad registration leaves the others as they are.
    if (!component || (failed && stepFailed)) return;
    this.components.delete(urn);
    // The stack's outputs count when all is over: a failed update keeps the old ones that it did not get to.
    if (component.next.type === rootStackType) this.stack = { component, outputs };
    else this.close(component, outputs);
  }

  /** What a StackReference gives, as a resource that is read. */
  readStackReference(goal: Goal): Promise<ResourceState> {
    const { backend, name } = this.run.session;
    return this.register({ ...goal, read: () => readStackOutputs(backend, name.project, goal.state.id ?? "") });
  }

  invoke(token: string, args: PropertyMap, version: string): Promise<PropertyMap> {
    const { executor, providers } = this.run;
    return executor.track(async () => {
      const packageName = packageOf(token);
      const provider = await providers.load(packageName);
      await this.defaultProvider(packageName, version);
      try {
        const run = provider.functions[token];
        if (!run) throw new Error("the function needs the Pulumi CLI");
        return await run(args, { ...executor.context(token), preview: false });
      } catch (error) {
        throw new InvokeError(`invocation of ${token} returned an error: ${(error as Error).message}`);
      }
    });
  }

  refused(error: Error): void {
    if (error instanceof Stopped) return;
    this.run.executor.fail(error.message, error instanceof RegistrationError ? error.urn : undefined);
  }

  /** The program is done and has not failed: what it no longer has is deleted. */
  async deleteRest(): Promise<void> {
    const { executor, snapshot } = this.run;
    await executor.idle();
    const isDoomed = ({ delete: isReplaced, urn }: ResourceState): boolean =>
      isReplaced === true || !this.generator.registered.has(urn);
    await executor.delete(snapshot.resources().filter(isDoomed));
  }

  /** Settles the stack's own outputs; called when nothing runs any more. */
  finish(): void {
    if (!this.stack) return;
    const { component, outputs } = this.stack;
    this.close(component, { ...(this.run.executor.failed && component.old?.outputs), ...outputs });
  }

  private close({ op, old, next }: Component, outputs: PropertyMap): void {
    const { snapshot, events, options } = this.run;
    const state = withOutputs(next, outputs);
    snapshot.replace(next, state);
    const metadata = stepMetadata(op, old, state);
    events.emit({ resOutputsEvent: { metadata, ...(options.preview && { planning: true }) } });
  }

  private refuseReplacing(urn: string): void {
    const message =
      `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
      "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
    if (!this.run.options.preview) throw new RegistrationError(urn, message);
    // A preview goes on, to show what else there is.
    this.run.executor.complain(message, urn);
  }

  private async providerOf({ state, version }: Goal): Promise<string> {
    if (!state.custom) return "";
    const packageName = packageOf(state.type);
    await this.run.providers.load(packageName);
    if (isProviderType(state.type)) return "";
    return state.provider ?? (await this.defaultProvider(packageName, version));
  }

  /** The reference of a package's default provider, which becomes a resource when first needed. */
  private defaultProvider(packageName: string, version = ""): Promise<string> {
    const name = version === "" ? "default" : `default_${version.replace(/[.+-]/g, "_")}`;
    const type = `pulumi:providers:${packageName}`;
    const key = `${type}::${name}`;
    const inputs = given({ version });
    const reference =
      this.defaultProviders.get(key) ??
      this.register({ name, state: { custom: true, type, inputs } }).then(({ urn, id = "" }) => `${urn}::${id}`);
    this.defaultProviders.set(key, reference);
    return reference;
  }
}

/** The last stored outputs of a stack, which may be the one being updated. */
async function readStackOutputs(backend: Backend, project: string, name: string): Promise<PropertyMap> {
  const stack = parseStackName(name, project);
  const state = backend.read(stack);
  if (!state) throw new Error(`unknown stack "${name.includes("/") ? name : fullName(stack)}"`);
  const { resources = [], secrets_providers } = state.deployment;
  const root = resources.find(({ type, delete: gone }) => type === rootStackType && !gone);
  const sealed = root?.outputs ?? {};
  const secretOutputNames = Object.keys(sealed).filter((key) => some(sealed[key] ?? null, isSecret));
  if (!root || secretOutputNames.length === 0) return { name, outputs: sealed, secretOutputNames: [] };
  const salt = secrets_providers?.state?.salt;
  if (!salt) throw new UserError(`stack "${name}" has secrets but no passphrase secrets provider`);
  const secrets = new Secrets(salt);
  await secrets.unlock();
  return { name, outputs: opened(root, secrets).outputs ?? {}, secretOutputNames: secretOutputNames.sort() };
}
