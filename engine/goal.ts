import { flattenOutputs } from "./property-value.ts";
import { isProviderType } from "./urn.ts";
import { refuse, UserError } from "./user-error.ts";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb.js";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { CustomTimeouts, ResourceState } from "./checkpoint.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

/** An alias is a URN, or the parts in which the resource was different before. */
export type AliasSpec =
  { urn: string } | { name: string; type: string; stack: string; project: string; parent: string; noParent: boolean };

/** What the program asks of one resource: the state it shall have, and how to get there. */
export interface Goal {
  name: string;
  state: Omit<ResourceState, "urn">;
  version: string;
  aliases: AliasSpec[];
  deleteBeforeReplace: boolean;
}

export function goalOf(request: RegisterResourceRequest): Goal {
  refuseOptions(request);
  return {
    name: request.getName(),
    state: stateOf(request),
    version: request.getVersion(),
    aliases: [...request.getAliasurnsList().map((urn) => ({ urn })), ...request.getAliasesList().map(aliasSpec)],
    deleteBeforeReplace: request.getDeletebeforereplace(),
  };
}

function stateOf(request: RegisterResourceRequest): Goal["state"] {
  return {
    custom: request.getCustom(),
    type: request.getType(),
    ...given({
      inputs: inputsOf(request),
      parent: request.getParent(),
      protect: request.getProtect(),
      dependencies: request.getDependenciesList().sort(),
      provider: request.getProvider(),
      propertyDependencies: propertyDependencies(request),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      customTimeouts: customTimeouts(request),
      retainOnDelete: request.getRetainondelete(),
      deletedWith: request.getDeletedwith(),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript() as PropertyValue | undefined,
    }),
  };
}

/** The state has no empty fields. */
export function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const isGiven = (value: unknown): boolean =>
    value !== undefined && value !== "" && value !== false && !(isObjectLike(value) && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value))) as ReturnType<
    typeof given<T>
  >;
}

function isObjectLike(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** A Struct from the wire as a property map. */
export function propertyMap(struct: { toJavaScript(): object } | undefined): PropertyMap {
  return struct ? (flattenOutputs(struct.toJavaScript() as PropertyMap) as PropertyMap) : {};
}

/** A provider's version is one of its inputs. */
function inputsOf(request: RegisterResourceRequest): PropertyMap {
  const inputs = propertyMap(request.getObject());
  const version = request.getVersion();
  return isProviderType(request.getType()) && version !== "" ? { version, ...inputs } : inputs;
}

function propertyDependencies(request: RegisterResourceRequest): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, key) => {
    found[key] = urns.getUrnsList().sort();
  });
  return found;
}

function refuseOptions(request: RegisterResourceRequest): void {
  const options: Record<string, boolean> = {
    "the import option": request.getImportid() !== "",
    "a remote component": request.getRemote(),
    "a parameterised package": request.getPackageref() !== "",
    "the transforms option": request.getTransformsList().length > 0,
    "the hooks option": Object.values(request.getHooks()?.toObject() ?? {}).some((names) => names.length > 0),
    "the replaceWith option": request.getReplaceWithList().length > 0,
    "the stateMigrations option": request.getStateMigrationsList().length > 0,
  };
  const used = Object.keys(options).find((option) => options[option]);
  if (used) throw refuse(`${request.getType()} "${request.getName()}": ${used}`);
}

function aliasSpec(alias: Alias): AliasSpec {
  const spec = alias.getSpec()?.toObject();
  return spec ? { ...spec, parent: spec.parenturn, noParent: spec.noparent } : { urn: alias.getUrn() };
}

function customTimeouts(request: RegisterResourceRequest): CustomTimeouts {
  const { create = "", update = "", pb_delete = "" } = request.getCustomtimeouts()?.toObject() ?? {};
  return given({ create: seconds(create), update: seconds(update), delete: seconds(pb_delete) });
}

const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** A Go duration such as `1m30s`. */
export function seconds(duration: string): number | undefined {
  if (duration === "") return undefined;
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)];
  if (parts.map(([part]) => part).join("") !== duration) {
    throw new UserError(`unable to parse custom timeout "${duration}"`);
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ""] ?? 0), 0);
}
