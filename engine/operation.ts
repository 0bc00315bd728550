import { fullName, type Backend } from "./backend.ts";
import { given, rootResource, type ResourceState } from "./checkpoint.ts";
import { isSecret, some, type PropertyMap } from "./property-value.ts";
import { packageOf, providerOf } from "./providers.ts";
import { Secrets } from "./secrets.ts";
import { Stopped, withOutputs, type Step } from "./step-executor.ts";
import { StepGenerator } from "./step-generator.ts";
import { isProviderType, rootStackType } from "./urn.ts";
import { Refusal, refuse, UserError } from "./user-error.ts";
import { parseStackName } from "./workspace.ts";
import type { Goal } from "./goal.ts";
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
    this.generator = new StepGenerator(run.session.name, base);
  }

  register(goal: Goal): Promise<ResourceState> {
    const { executor } = this.run;
    return executor.track(async () => {
      const provider = await this.providerReference(goal);
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
    const { executor } = this.run;
    return executor.track(async () => {
      const call = providerOf(token).functions[token];
      if (!call) throw refuse(`the function ${token}`);
      await this.defaultProvider(packageOf(token), version);
      const { answers, isRehearsal } = this.run;
      const key = JSON.stringify([token, args]);
      // A rehearsal takes what the update has got already: no function runs twice without need.
      const known = isRehearsal ? answers.get(key) : undefined;
      const answer = known ?? call(args, { ...executor.context(token), preview: false });
      if (!isRehearsal) answers.set(key, answer);
      try {
        return await answer;
      } catch (error) {
        throw new InvokeError(`invocation of ${token} returned an error: ${(error as Error).message}`);
      }
    });
  }

  refused(error: Error): void {
    const { executor } = this.run;
    if (error instanceof Stopped || executor.refusal) return;
    if (error instanceof Refusal) executor.refusal = error;
    executor.fail(error.message, error instanceof UserError ? error.urn : undefined);
  }

  /** The program is done and has not failed: what it no longer has is deleted. */
  async deleteRest(): Promise<void> {
    const { executor, snapshot } = this.run;
    await executor.idle();
    const { registered } = this.generator;
    await executor.delete(snapshot.resources().filter((old) => old.delete === true || !registered.has(old.urn)));
  }

  /** Settles the stack's own outputs; called when nothing runs any more. */
  finish(): void {
    if (!this.stack) return;
    const { component, outputs } = this.stack;
    this.close(component, { ...(this.run.executor.failed && component.old?.outputs), ...outputs });
  }

  private close({ op, old, next }: Component, outputs: PropertyMap): void {
    const state = withOutputs(next, outputs);
    this.run.snapshot.replace(next, state);
    this.run.events.done({ op, old, next: state });
  }

  private refuseReplacing(urn: string): void {
    const message =
      `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
      "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
    if (!this.run.options.preview) throw new UserError(message, 1, urn);
    // A preview goes on, to show what else there is.
    this.run.executor.complain(message, urn);
  }

  private async providerReference({ state: { custom, type, provider }, version }: Goal): Promise<string | undefined> {
    if (!custom) return undefined;
    providerOf(type); // a package that is not built in is refused before anything is made for it
    return isProviderType(type) ? undefined : (provider ?? this.defaultProvider(packageOf(type), version));
  }

  /** The reference of a package's default provider, which becomes a resource when first needed. */
  private defaultProvider(packageName: string, version = ""): Promise<string> {
    const name = version === "" ? "default" : `default_${version.replace(/[.+-]/g, "_")}`;
    const type = `pulumi:providers:${packageName}`;
    const make = async (): Promise<string> => {
      const { urn, id = "" } = await this.register({ name, state: { custom: true, type, inputs: given({ version }) } });
      return `${urn}::${id}`;
    };
    const key = `${type}::${name}`;
    const reference = this.defaultProviders.get(key) ?? make();
    this.defaultProviders.set(key, reference);
    return reference;
  }
}

/** The last stored outputs of a stack, which may be the one being updated. */
async function readStackOutputs(backend: Backend, project: string, name: string): Promise<PropertyMap> {
  const stack = parseStackName(name, project);
  const state = backend.read(stack);
  if (!state) throw new Error(`unknown stack "${name.includes("/") ? name : fullName(stack)}"`);
  const { urn = "", outputs: sealed = {} } = rootResource(state.deployment) ?? {};
  const secretOutputNames = Object.keys(sealed).filter((key) => some(sealed[key] ?? null, isSecret));
  if (secretOutputNames.length === 0) return { name, outputs: sealed, secretOutputNames };
  const salt = state.deployment.secrets_providers?.state?.salt;
  if (!salt) throw new UserError(`stack "${name}" has secrets but no passphrase secrets provider`);
  const secrets = new Secrets(salt);
  await secrets.unlock();
  return { name, outputs: secrets.open(sealed, urn), secretOutputNames: secretOutputNames.sort() };
}
