import grpc from "@grpc/grpc-js";
import empty_pb from "google-protobuf/google/protobuf/empty_pb.js";
import struct_pb from "google-protobuf/google/protobuf/struct_pb.js";
import resource_pb from "@pulumi/pulumi/proto/resource_pb.js";
import resource_grpc_pb from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import { given, goalOf, propertyMap } from "./goal.ts";
import { refuse } from "./user-error.ts";
import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import type { ResourceState } from "./checkpoint.ts";
import type { Goal } from "./goal.ts";
import type { PropertyMap } from "./property-value.ts";

/** What the monitor passes on to: the operation under way. */
export interface MonitorTarget {
  register(goal: Goal): Promise<ResourceState>;
  registerOutputs(urn: string, outputs: PropertyMap): void;
  readStackReference(goal: Goal): Promise<ResourceState>;
  invoke(token: string, args: PropertyMap, version: string): Promise<PropertyMap>;
  /** The program is done: resolves when everything else is, too. */
  programDone(): Promise<void>;
  /** Ends the operation with a message for the user. */
  refused(error: Error): void;
}

const features = resource_pb.ResourceMonitorFeature;
const supported = {
  secrets: features.RESOURCE_MONITOR_FEATURE_SECRETS,
  resourceReferences: features.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  outputValues: features.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  aliasSpecs: features.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  replacementTrigger: features.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
  deletedWith: features.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  // These are announced so that their use arrives here and is refused in our words.
  replaceWith: features.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
  transforms: features.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  invokeTransforms: features.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
  parameterization: features.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
  resourceHooks: features.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  errorHooks: features.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
  stateMigrations: features.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
};

/** Pulumi's ResourceMonitor service. */
export function resourceMonitor(target: Promise<MonitorTarget>): UntypedServiceImplementation {
  const refused = (what: string): handleUnaryCall<unknown, never> => unary(target, () => Promise.reject(refuse(what)));
  return {
    getDeploymentInfo: unary(target, () => {
      const info = new resource_pb.DeploymentInfo();
      return Promise.resolve(info.setSupportedfeaturesList(Object.values(supported)));
    }),
    supportsFeature: unary(target, (request: SupportsFeatureRequest) =>
      Promise.resolve(new resource_pb.SupportsFeatureResponse().setHassupport(request.getId() in supported)),
    ),
    registerResource: unary(target, async (request: RegisterResourceRequest, target) =>
      registered(await target.register(goalOf(request))),
    ),
    registerResourceOutputs: unary(target, (request: RegisterResourceOutputsRequest, target) => {
      target.registerOutputs(request.getUrn(), propertyMap(request.getOutputs()));
      return Promise.resolve(new empty_pb.Empty());
    }),
    readResource: unary(target, (request: ReadResourceRequest, target) => readResource(target, request)),
    invoke: unary(target, async (request: ResourceInvokeRequest, target) => {
      const result = await target.invoke(request.getTok(), propertyMap(request.getArgs()), request.getVersion());
      return new resource_pb.ResourceInvokeResponse().setReturn(structOf(result));
    }),
    signalAndWaitForShutdown: unary(target, async (_, target) => {
      await target.programDone();
      return new empty_pb.Empty();
    }),
    call: refused("calling a component's method"),
    existsResource: refused("existsResource"),
    registerStackTransform: refused("a transform"),
    registerStackInvokeTransform: refused("an invoke transform"),
    registerResourceHook: refused("a resource hook"),
    registerErrorHook: refused("an error hook"),
    registerPackage: refused("a parameterised package"),
  };
}

export const { ResourceMonitorService } = resource_grpc_pb;

/** One call, one answer. What cannot be answered ends the operation; the program learns that the monitor is gone. */
function unary<Q, R>(
  target: Promise<MonitorTarget>,
  answer: (request: Q, target: MonitorTarget) => Promise<R>,
): handleUnaryCall<Q, R> {
  return ({ request }, callback) => {
    const run = async (): Promise<R> => answer(request, await target);
    run().then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        if (error instanceof InvokeError) {
          callback({ code: grpc.status.UNKNOWN, details: error.message });
          return;
        }
        target.then(
          (running) => {
            running.refused(error as Error);
          },
          () => undefined, // the operation could not begin, and has said so
        );
        callback({ code: grpc.status.UNAVAILABLE, details: "the operation has ended" });
      },
    );
  };
}

/** A function of a provider failed; that is for the program to handle. */
export class InvokeError extends Error {
  override name = "InvokeError";
}

async function readResource(
  target: MonitorTarget,
  request: ReadResourceRequest,
): Promise<InstanceType<typeof resource_pb.ReadResourceResponse>> {
  const type = request.getType();
  if (type !== "pulumi:pulumi:StackReference") throw refuse(`reading the existing resource ${type}`);
  const goal: Goal = {
    name: request.getName(),
    state: {
      custom: true,
      id: request.getId(),
      type,
      ...given({
        inputs: propertyMap(request.getProperties()),
        parent: request.getParent(),
        external: true,
        dependencies: request.getDependenciesList(),
      }),
    },
    version: "",
    aliases: [],
    deleteBeforeReplace: false,
  };
  const state = await target.readStackReference(goal);
  return new resource_pb.ReadResourceResponse().setUrn(state.urn).setProperties(structOf(state.outputs ?? {}));
}

function registered(state: ResourceState): RegisterResourceResponse {
  const response = new resource_pb.RegisterResourceResponse();
  response
    .setUrn(state.urn)
    .setId(state.id ?? "")
    .setObject(structOf(state.outputs ?? {}));
  return response;
}

function structOf(map: PropertyMap): ReturnType<typeof struct_pb.Struct.fromJavaScript> {
  return struct_pb.Struct.fromJavaScript(map);
}
