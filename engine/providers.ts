import { randomUUID } from "node:crypto";
import { changedKeys } from "./diff.ts";
import { unknown, type PropertyMap } from "./property-value.ts";
import { refuse } from "./user-error.ts";
import type { ResourceState } from "./checkpoint.ts";

export type DiffKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

/** What changed between the stored and the new inputs. */
export interface Diff {
  changed: boolean;
  changedKeys: string[];
  /** Changed keys that can only change by a new resource. */
  replaceKeys: string[];
  /** By property path; null where a provider does not say. */
  detailed: Record<string, DiffKind> | null;
}

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
  check(inputs: PropertyMap): { property: string; reason: string }[];
  diff(old: ResourceState, inputs: PropertyMap): Diff;
  create(inputs: PropertyMap, context: StepContext): Promise<Created>;
  update(old: ResourceState, inputs: PropertyMap, context: StepContext): Promise<PropertyMap>;
  delete(old: ResourceState, context: StepContext): Promise<void>;
}

/** The packages that are built in, loaded when first used. */
const packages: Partial<Record<string, () => Promise<Provider>>> = {
  command: async () => (await import("./command-provider.ts")).commandProvider,
  random: async () => (await import("./random-provider.ts")).randomProvider,
  pulumi: () => Promise.resolve({ resources: {}, functions: {} }),
};

/** A provider itself, as a resource of the state. */
const providerResource: ResourceProvider = {
  check: () => [],
  diff(old, inputs) {
    const keys = changedKeys(old.inputs ?? {}, inputs);
    return { changed: keys.length > 0, changedKeys: keys, replaceKeys: [], detailed: null };
  },
  create: (inputs, { preview }) => Promise.resolve({ id: preview ? unknown : randomUUID(), outputs: inputs }),
  update: (_, inputs) => Promise.resolve(inputs),
  delete: () => Promise.resolve(),
};

/** Loaded packages, so that steps need not wait for one. */
export class Providers {
  private readonly loaded = new Map<string, Provider>();

  async load(packageName: string): Promise<Provider> {
    const load = packages[packageName];
    if (!load) throw refuse(packageName === "pulumi-nodejs" ? "a dynamic provider" : `the package "${packageName}"`);
    const provider = await load();
    this.loaded.set(packageName, provider);
    return provider;
  }

  async find(type: string): Promise<ResourceProvider> {
    await this.load(packageOf(type));
    return this.resource(type);
  }

  /** For a custom resource's type, whose package must be loaded. */
  resource(type: string): ResourceProvider {
    if (type.startsWith("pulumi:providers:")) return providerResource;
    const found = this.loaded.get(packageOf(type))?.resources[type];
    if (!found) throw refuse(type.startsWith("pulumi:") ? `the built-in resource ${type}` : type);
    return found;
  }
}

/** The package of a type, or the one that a provider resource stands for. */
export function packageOf(token: string): string {
  return /^(?:pulumi:providers:)?([^:]*)/.exec(token)?.[1] ?? "";
}
