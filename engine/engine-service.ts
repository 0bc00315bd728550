import empty_pb from "google-protobuf/google/protobuf/empty_pb.js";
import engine_pb from "@pulumi/pulumi/proto/engine_pb.js";
import engine_grpc_pb from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { cliVersion } from "./checkpoint.ts";
import { refuse } from "./user-error.ts";
import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type {
  LogRequest,
  RequirePulumiVersionRequest,
  SetRootResourceRequest,
} from "@pulumi/pulumi/proto/engine_pb.js";
import type { Events, Severity } from "./events.ts";

const severities: Severity[] = ["debug", "info", "warning", "error"];

/** Pulumi's Engine service: what the program has to say, until a refusal has ended everything. */
export function engineService(events: Events, isRefused: () => boolean): UntypedServiceImplementation {
  let root = "";
  const answer = <Q, R>(reply: (request: Q) => R): handleUnaryCall<Q, R> => {
    return ({ request }, callback) => {
      try {
        callback(null, reply(request));
      } catch (error) {
        callback({ details: (error as Error).message });
      }
    };
  };
  return {
    log: answer((request: LogRequest) => {
      const severity = severities[request.getSeverity()] ?? "info";
      // Debug messages are many, and may hold secrets in plain text.
      if (severity !== "debug" && !isRefused()) {
        events.diagnostic(severity, request.getMessage(), request.getUrn() || undefined, request.getEphemeral());
      }
      return new empty_pb.Empty();
    }),
    getRootResource: answer(() => new engine_pb.GetRootResourceResponse().setUrn(root)),
    setRootResource: answer((request: SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine_pb.SetRootResourceResponse();
    }),
    requirePulumiVersion: answer((request: RequirePulumiVersionRequest) => {
      requireVersion(request.getPulumiVersionRange());
      return new engine_pb.RequirePulumiVersionResponse();
    }),
    startDebugging: answer(() => {
      throw refuse("debugging the program");
    }),
  };
}

export const { EngineService } = engine_grpc_pb;

/** Holds the version the engine stands for against a range such as `>=3.200.0`. */
export function requireVersion(range: string): void {
  const [, version] = /^\s*>=\s*v?(\d+(?:\.\d+){0,2})\s*$/.exec(range) ?? [];
  if (version === undefined) throw refuse(`the version range "${range}"`);
  const own = cliVersion.slice(1);
  if (own.localeCompare(version, "en", { numeric: true }) >= 0) return;
  throw new Error(`Pulumi CLI version ${own} does not satisfy the version range "${range}"`);
}
