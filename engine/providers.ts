import { randomUUID } from "node:crypto";
import { commandProvider } from "./command-provider.ts";
import { diffInputs, type Diff } from "./diff.ts";
import { unknown, type PropertyMap } from "./property-value.ts";
import { randomProvider } from "./random-provider.ts";
import { isProviderType } from "./urn.ts";
import { refuse } from "./user-error.ts";
import type { ResourceState } from "./checkpoint.ts";

export interface StepContext {
  name: string;
  preview: boolean;
  /** Where scripts run that do not say. */
  directory: string;
  signal: AbortSignal;
  log: (line: string) => void;
}

export interface Created {
  id: string;
  outputs: PropertyMap;
}

/** One package's resources and functions, by token. */
export interface Provider {
  resources: Record<string, ResourceProvider>;
  functions: Record<string, (args: PropertyMap, context: StepContext) => Promise<PropertyMap>>;
}

/** Inputs and outputs come and go with their secrets marked. */
export interface ResourceProvider {
  /** What it does not take, and why; a property without a name is no one in particular. */
  check?(inputs: PropertyMap): { property: string; reason: string }[];
  diff(old: ResourceState, inputs: PropertyMap): Diff;
  create(inputs: PropertyMap, context: StepContext): Promise<Created>;
  update(old: ResourceState, inputs: PropertyMap, context: StepContext): Promise<PropertyMap>;
  delete?(old: ResourceState, context: StepContext): Promise<void>;
}

/** The packages that are built in. */
const packages = new Map<string, Provider>([
  ["command", commandProvider],
  ["random", randomProvider],
  ["pulumi", { resources: {}, functions: {} }],
]);

/** A provider itself, as a resource of the state. */
const providerResource: ResourceProvider = {
  diff: ({ inputs }, wanted) => diffInputs(inputs, wanted),
  create: (inputs, { preview }) => Promise.resolve({ id: preview ? unknown : randomUUID(), outputs: inputs }),
  update: (_, inputs) => Promise.resolve(inputs),
};

/** The package of a type or function, or the one that a provider resource stands for. */
export const packageOf = (token: string): string => token.replace("pulumi:providers:", "").split(":")[0] ?? "";

/** The provider of a type or function. */
export function providerOf(token: string): Provider {
  const name = packageOf(token);
  const provider = packages.get(name);
  if (!provider) throw refuse(name === "pulumi-nodejs" ? "a dynamic provider" : `the package "${name}"`);
  return provider;
}

/** What makes custom resources of a type. */
export function resourceProvider(type: string): ResourceProvider {
  const { resources } = providerOf(type);
  const provider = isProviderType(type) ? providerResource : resources[type];
  if (!provider) throw refuse(type.startsWith("pulumi:") ? `the built-in resource ${type}` : type);
  return provider;
}
