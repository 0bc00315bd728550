import grpc, { type UntypedServiceImplementation } from "@grpc/grpc-js";
import resource_pb from "@pulumi/pulumi/proto/resource_pb.js";
import empty_pb from "google-protobuf/google/protobuf/empty_pb.js";
import struct_pb from "google-protobuf/google/protobuf/struct_pb.js";
import { hashAssets } from "./assets.ts";
import { given, type ResourceState } from "./checkpoint.ts";
import { goalOf, propertyMap, type Goal } from "./goal.ts";
import { asText, type PropertyMap } from "./property-value.ts";
import { packageOf, providerOf } from "./providers.ts";
import { Stopped, withOutputs, type Step } from "./step-executor.ts";
import { StepGenerator } from "./step-generator.ts";
import { isProviderType, rootStackType } from "./urn.ts";
import { refuse, UserError } from "./user-error.ts";
import { readStackOutputs } from "./workspace.ts";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Run } from "./perform.ts";

/** What we have, and what is announced so that its use arrives here and is refused in our words. */
const features =
  "secrets resourceReferences outputValues aliasSpecs replacementTrigger deletedWith replaceWith transforms " +
  "invokeTransforms parameterization resourceHooks errorHooks stateMigrations";
const refusedCalls = {
  call: "calling a component's method",
  existsResource: "existsResource",
  registerStackTransform: "a transform",
  registerStackInvokeTransform: "an invoke transform",
  registerResourceHook: "a resource hook",
  registerErrorHook: "an error hook",
  registerPackage: "a parameterised package",
};

/** A function of a provider failed; that is for the program to handle. */
class InvokeError extends Error {}

type Component = Step & { next: ResourceState };
const struct = (map: PropertyMap): struct_pb.Struct => struct_pb.Struct.fromJavaScript(map);

/** Pulumi's ResourceMonitor: what the program asks for becomes steps, and what it no longer has is deleted in the end. */
export class ResourceMonitor {
  private readonly run: Run;
  private readonly generator: StepGenerator;
  private readonly defaultProviders = new Map<string, Promise<string>>();
  private readonly components = new Map<string, Component>();
  private stack: { component: Component; outputs: PropertyMap } | undefined;

  constructor(run: Run, base: ResourceState[]) {
    this.run = run;
    this.generator = new StepGenerator(run.session.name, base);
  }

  async registerResource(request: resource.RegisterResourceRequest) {
    const { urn, id = "", outputs = {} } = await this.register(goalOf(request));
    return new resource_pb.RegisterResourceResponse().setUrn(urn).setId(id).setObject(struct(outputs));
  }

  registerResourceOutputs(request: resource.RegisterResourceOutputsRequest) {
    const component = this.components.get(request.getUrn());
    const outputs = hashAssets(propertyMap(request.getOutputs()));
    const { failed, stepFailed } = this.run.executor;
    // After a failed step nothing more counts; a bad registration leaves the others as they are.
    if (component && !(failed && stepFailed)) {
      this.components.delete(request.getUrn());
      // The stack's outputs count when all is over: a failed update keeps the old ones that it did not get to.
      if (component.next.type === rootStackType) this.stack = { component, outputs };
      else this.close(component, outputs);
    }
    return new empty_pb.Empty();
  }

  async readResource(request: resource.ReadResourceRequest) {
    const { name, id, type, parent, dependenciesList: dependencies } = request.toObject();
    if (type !== "pulumi:pulumi:StackReference") throw refuse(`reading the existing resource ${type}`);
    const inputs = propertyMap(request.getProperties());
    const state = { custom: true, id, type, ...given({ inputs, parent, external: true, dependencies }) };
    const { backend, name: stack } = this.run.session;
    const read = (): Promise<PropertyMap> => readStackOutputs(backend, stack.project, id);
    const { urn, outputs = {} } = await this.register({ name, state, read });
    return new resource_pb.ReadResourceResponse().setUrn(urn).setProperties(struct(outputs));
  }

  async invoke(request: resource.ResourceInvokeRequest) {
    const { answers, executor, options } = this.run;
    const { tok, version } = request.toObject();
    const args = propertyMap(request.getArgs());
    const own = tok === "pulumi:pulumi:getResource" ? (asked: PropertyMap) => this.resource(asked) : undefined;
    const call = own ?? providerOf(tok).functions[tok];
    if (!call) throw refuse(`the function ${tok}`);
    const result = await executor.track(async () => {
      await this.defaultProvider(packageOf(tok), version);
      const key = JSON.stringify([tok, args]);
      // A rehearsal takes what the update has got already: no function runs twice without need.
      const known = options.preview ? answers.get(key) : undefined;
      const answer = known ?? call(args, { ...executor.context(tok), preview: false });
      if (!options.preview) answers.set(key, answer);
      return answer.catch((error: unknown) => {
        throw new InvokeError(`invocation of ${tok} returned an error: ${(error as Error).message}`);
      });
    });
    return new resource_pb.ResourceInvokeResponse().setReturn(struct(result));
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

  private register(goal: Goal): Promise<ResourceState> {
    const { executor } = this.run;
    const state = executor.track(async () => {
      const provider = await this.providerReference(goal);
      if (executor.failed) throw new Stopped();
      const step = this.generator.generate({ ...goal, state: { ...goal.state, ...given({ provider }) } });
      if (step.op === "create-replacement" && step.old?.protect && step.next?.protect)
        this.refuseReplacing(step.old.urn);
      const state = await executor.run(step);
      if (!state) throw new Stopped();
      if (!state.custom) this.components.set(state.urn, { ...step, next: state });
      return state;
    });
    // After a failure nobody is kept waiting for what is under way: the program learns at once that all is over.
    const stopped = executor.stopping.promise.then(() => Promise.reject(new Stopped()));
    return Promise.race([state, stopped]);
  }

  /** What the program is told of a resource that it meets as a value, in the inputs or outputs of another one. */
  private resource({ urn }: PropertyMap): Promise<PropertyMap> {
    const state = this.run.snapshot.resources().find((resource) => resource.urn === urn && !resource.delete);
    if (!state) return Promise.reject(new Error(`unknown resource ${asText(urn)}`));
    const { id = "", provider = "", outputs = {} } = state;
    return Promise.resolve({ urn: state.urn, id, provider, state: outputs });
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
    const reference = this.defaultProviders.get(type + name) ?? make();
    this.defaultProviders.set(type + name, reference);
    return reference;
  }
}

type Reply = (request: never) => unknown;

/** The service for the program. What cannot be answered ends the operation; the program learns that it is gone. */
export function monitorService(begun: Promise<ResourceMonitor>, { executor }: Run): UntypedServiceImplementation {
  const calls = ["registerResource", "registerResourceOutputs", "readResource", "invoke"] as const;
  const own = calls.map((call) => [call, async (request: never) => (await begun)[call](request)] as const);
  const refusals = Object.entries(refusedCalls).map(([call, what]) => [call, () => Promise.reject(refuse(what))]);
  const replies = {
    ...(Object.fromEntries([...own, ...refusals]) as Record<string, Reply>),
    getDeploymentInfo: () =>
      new resource_pb.DeploymentInfo().setSupportedfeaturesList(features.split(" ").map(featureNumber)),
    supportsFeature: (request: resource.SupportsFeatureRequest) =>
      new resource_pb.SupportsFeatureResponse().setHassupport(features.split(" ").includes(request.getId())),
    // The program is done. As there are no hooks it need not wait for the deletes: they follow its end.
    signalAndWaitForShutdown: () => new empty_pb.Empty(),
  };
  return service(replies, (error) => {
    if (error instanceof InvokeError) return error;
    // An operation that could not begin says so itself.
    void begun.then(() => executor.fail(error)).catch(() => undefined);
    return Object.assign(new Error(), { code: grpc.status.UNAVAILABLE, details: "the operation has ended" });
  });
}

/** One call, one answer; `explain` turns an error into what the program hears of it. */
export function service(
  replies: Record<string, Reply>,
  explain: (error: Error) => Error,
): UntypedServiceImplementation {
  const handler =
    (reply: Reply): grpc.handleUnaryCall<unknown, unknown> =>
    ({ request }, callback) =>
      void Promise.resolve(request as never)
        .then(reply)
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(explain(error as Error)),
        );
  return Object.fromEntries(Object.entries(replies).map(([call, reply]) => [call, handler(reply)]));
}

/** `stateMigrations` is RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS. */
function featureNumber(feature: string): resource.ResourceMonitorFeature {
  const name = `RESOURCE_MONITOR_FEATURE_${feature.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
  return resource_pb.ResourceMonitorFeature[name as keyof typeof resource_pb.ResourceMonitorFeature];
}
