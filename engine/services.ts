import grpc, { type handleUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import engine_pb from "@pulumi/pulumi/proto/engine_pb.js";
import resource_pb from "@pulumi/pulumi/proto/resource_pb.js";
import empty_pb from "google-protobuf/google/protobuf/empty_pb.js";
import struct_pb from "google-protobuf/google/protobuf/struct_pb.js";
import { cliVersion, given } from "./checkpoint.ts";
import { goalOf, propertyMap } from "./goal.ts";
import { InvokeError, type Operation } from "./operation.ts";
import { refuse } from "./user-error.ts";
import type { LogRequest, RequirePulumiVersionRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import type * as resource from "@pulumi/pulumi/proto/resource_pb.js";
import type { Run } from "./perform.ts";
import type { PropertyMap } from "./property-value.ts";

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

type Replies = Record<string, (request: never) => unknown>;
const struct = (map: PropertyMap): struct_pb.Struct => struct_pb.Struct.fromJavaScript(map);

/** Pulumi's ResourceMonitor service. What it cannot answer ends the operation; the program learns that it is gone. */
export function resourceMonitor(operation: Promise<Operation>): UntypedServiceImplementation {
  const refusals = Object.entries(refusedCalls).map(([call, what]) => [call, () => Promise.reject(refuse(what))]);
  const replies = {
    ...(Object.fromEntries(refusals) as Replies),
    getDeploymentInfo: () =>
      new resource_pb.DeploymentInfo().setSupportedfeaturesList(features.split(" ").map(featureNumber)),
    supportsFeature: (request: resource.SupportsFeatureRequest) =>
      new resource_pb.SupportsFeatureResponse().setHassupport(features.split(" ").includes(request.getId())),
    async registerResource(request: resource.RegisterResourceRequest) {
      const { urn, id = "", outputs = {} } = await (await operation).register(goalOf(request));
      return new resource_pb.RegisterResourceResponse().setUrn(urn).setId(id).setObject(struct(outputs));
    },
    async registerResourceOutputs(request: resource.RegisterResourceOutputsRequest) {
      (await operation).registerOutputs(request.getUrn(), propertyMap(request.getOutputs()));
      return new empty_pb.Empty();
    },
    async readResource(request: resource.ReadResourceRequest) {
      const { name, id, type, parent, dependenciesList: dependencies } = request.toObject();
      if (type !== "pulumi:pulumi:StackReference") throw refuse(`reading the existing resource ${type}`);
      const inputs = propertyMap(request.getProperties());
      const state = { custom: true, id, type, ...given({ inputs, parent, external: true, dependencies }) };
      const { urn, outputs = {} } = await (await operation).readStackReference({ name, state });
      return new resource_pb.ReadResourceResponse().setUrn(urn).setProperties(struct(outputs));
    },
    async invoke(request: resource.ResourceInvokeRequest) {
      const { tok, version } = request.toObject();
      const result = await (await operation).invoke(tok, propertyMap(request.getArgs()), version);
      return new resource_pb.ResourceInvokeResponse().setReturn(struct(result));
    },
    // The program is done. As there are no hooks it need not wait for the deletes: they follow its end.
    signalAndWaitForShutdown: () => new empty_pb.Empty(),
  };
  return service(replies, (error) => {
    if (error instanceof InvokeError) return error;
    // An operation that could not begin has said so.
    void operation.then((running) => running.refused(error)).catch(() => undefined);
    return { code: grpc.status.UNAVAILABLE, details: "the operation has ended" };
  });
}

/**
 * Pulumi's Engine service: what the program has to say, until a refusal has ended everything. What is not here, such as
 * keeping the stack's URN, SDKs do without.
 */
export function engineService({ events, executor }: Run): UntypedServiceImplementation {
  const replies = {
    log(request: LogRequest) {
      const { severity: level, message, urn, ephemeral } = request.toObject();
      const severity = (["debug", "info", "warning", "error"] as const)[level];
      const isRefused = executor.failed && !executor.stepFailed;
      // Debug messages are many, and may hold secrets in plain text.
      if (severity !== "debug" && !isRefused) events.diagnostic(severity, message, urn, ephemeral);
      return new empty_pb.Empty();
    },
    requirePulumiVersion(request: RequirePulumiVersionRequest) {
      requireVersion(request.getPulumiVersionRange());
      return new engine_pb.RequirePulumiVersionResponse();
    },
  };
  return service(replies, (error) => error);
}

/** One call, one answer; `explain` turns an error into what the program hears of it. */
function service(
  replies: Replies,
  explain: (error: Error) => Parameters<grpc.sendUnaryData<unknown>>[0],
): UntypedServiceImplementation {
  const unary =
    (reply: Replies[string]): handleUnaryCall<unknown, unknown> =>
    ({ request }, callback) =>
      void Promise.resolve(request as never)
        .then(reply)
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(explain(error as Error)),
        );
  return Object.fromEntries(Object.entries(replies).map(([call, reply]) => [call, unary(reply)]));
}

/** `stateMigrations` is RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS. */
function featureNumber(feature: string): resource.ResourceMonitorFeature {
  const name = `RESOURCE_MONITOR_FEATURE_${feature.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
  return resource_pb.ResourceMonitorFeature[name as keyof typeof resource_pb.ResourceMonitorFeature];
}

/** Holds the version the engine stands for against a range such as `>=3.200.0`. */
export function requireVersion(range: string): void {
  const [, version] = /^\s*>=\s*v?(\d+(?:\.\d+){0,2})\s*$/.exec(range) ?? [];
  if (version === undefined) throw refuse(`the version range "${range}"`);
  const own = cliVersion.slice(1);
  if (own.localeCompare(version, "en", { numeric: true }) >= 0) return;
  throw new Error(`Pulumi CLI version ${own} does not satisfy the version range "${range}"`);
}
