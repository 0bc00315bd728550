import { hashAssets } from "./assets.ts";
import { given, type CustomTimeouts, type ResourceState } from "./checkpoint.ts";
import { flattenOutputs, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { isProviderType } from "./urn.ts";
import { refuse, UserError } from "./user-error.ts";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb.js";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";

/** What the program asks of one resource: the state it shall have, and how to get there. */
export interface Goal {
  name: string;
  state: Omit<ResourceState, "urn">;
  version?: string;
  /** What it may have been before: a URN, or the parts that were different. */
  aliases?: Alias.AsObject[];
  deleteBeforeReplace?: boolean;
  /** The outputs of a resource that is only read. */
  read?: () => Promise<PropertyMap>;
}

export function goalOf(request: RegisterResourceRequest): Goal {
  const asked = request.toObject();
  refuseOptions(asked);
  const { name, type, custom, version, deletebeforereplace: deleteBeforeReplace } = asked;
  const asIs = hashAssets(propertyMap(request.getObject()));
  // To a provider, null is nothing; a component keeps it.
  const inputs = custom ? Object.fromEntries(Object.entries(asIs).filter(([, value]) => value !== null)) : asIs;
  const options = given({
    // A provider's version is one of its inputs.
    inputs: isProviderType(type) && version !== "" ? { version, ...inputs } : inputs,
    parent: asked.parent,
    protect: asked.protect,
    dependencies: asked.dependenciesList.sort(),
    provider: asked.provider,
    propertyDependencies: Object.fromEntries(
      asked.propertydependenciesMap.map(([key, to]) => [key, to.urnsList.sort()]),
    ),
    additionalSecretOutputs: asked.additionalsecretoutputsList,
    customTimeouts: customTimeouts(asked),
    retainOnDelete: asked.retainondelete,
    deletedWith: asked.deletedwith,
    ignoreChanges: asked.ignorechangesList,
    replaceOnChanges: asked.replaceonchangesList,
    replacementTrigger: request.getReplacementTrigger()?.toJavaScript() as PropertyValue | undefined,
  });
  const aliases = [...asked.aliasurnsList.map((urn) => ({ urn })), ...asked.aliasesList];
  return { name, state: { custom, type, ...options }, version, aliases, deleteBeforeReplace };
}

function refuseOptions(asked: RegisterResourceRequest.AsObject): void {
  const leftToTheCli = {
    "the import option": asked.importid,
    "a remote component": asked.remote,
    "a parameterised package": asked.packageref,
    "the transforms option": asked.transformsList,
    "the hooks option": given(asked.hooks ?? {}),
    "the replaceWith option": asked.replaceWithList,
    "the stateMigrations option": asked.stateMigrationsList,
  };
  const [used] = Object.keys(given(leftToTheCli));
  if (used) throw refuse(`${asked.type} "${asked.name}": ${used}`);
}

/** A Struct from the wire as a property map. */
export function propertyMap(struct: { toJavaScript(): object } | undefined): PropertyMap {
  return flattenOutputs((struct?.toJavaScript() ?? {}) as PropertyMap);
}

function customTimeouts({ customtimeouts }: RegisterResourceRequest.AsObject): CustomTimeouts {
  const { create = "", update = "", pb_delete = "" } = customtimeouts ?? {};
  return given({ create: seconds(create), update: seconds(update), delete: seconds(pb_delete) });
}

/** A Go duration such as `1m30s`. */
export function seconds(duration: string): number | undefined {
  if (duration === "") return undefined;
  const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)];
  if (parts.map(([part]) => part).join("") !== duration) {
    throw new UserError(`unable to parse custom timeout "${duration}"`);
  }
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (unitSeconds[unit] ?? 0), 0);
}
