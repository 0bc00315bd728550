import { hash } from "node:crypto";
import { providerUrn, rootStackType } from "./urn.ts";
import { refuse, UserError } from "./user-error.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

/** The Pulumi CLI whose files and behaviour the engine reproduces. */
export const cliVersion = "v3.259.0";

export type CustomTimeouts = Partial<Record<"create" | "update" | "delete", number>>;

/** One resource of the state, keys in the order the CLI writes them. It has no empty fields. */
export interface ResourceState {
  urn: string;
  custom: boolean;
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
  parent?: string;
  protect?: boolean;
  external?: boolean;
  dependencies?: string[];
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  customTimeouts?: CustomTimeouts;
  retainOnDelete?: boolean;
  deletedWith?: string;
  created?: string;
  modified?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  replacementTrigger?: PropertyValue;
}

export interface PendingOperation {
  resource: ResourceState;
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
}

export interface Deployment {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: ResourceState[];
  pending_operations?: PendingOperation[];
  metadata?: object;
}

/** What `stack export` prints and `stack import` reads. */
export interface UntypedDeployment {
  version: number;
  features?: string[];
  deployment: Deployment;
}

export const now = (): string => new Date().toISOString();

/** The fields that are not empty. */
export function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const isGiven = (value: unknown): boolean =>
    value instanceof Object ? Object.keys(value).length > 0 : value !== undefined && value !== "" && value !== false;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value))) as T;
}

/** A state without resources. */
export function newDeployment(salt: string) {
  return { manifest: newManifest(), secrets_providers: { type: "passphrase", state: { salt } }, metadata: {} };
}

export const newManifest = () => ({ time: now(), magic: magic(cliVersion), version: cliVersion });
const magic = (version: string): string => (version === "" ? "" : hash("sha256", version));

export const formatCheckpoint = (stack: string, latest: Deployment): string =>
  JSON.stringify({ version: 3, checkpoint: { stack, latest } });

export function parseCheckpoint(text: string, file: string): UntypedDeployment {
  try {
    const { checkpoint, ...format } = JSON.parse(text) as { version: number; checkpoint: { latest?: Deployment } };
    return { ...format, deployment: checkpoint.latest ?? { manifest: newManifest() } };
  } catch (error) {
    const problem = `could not read the checkpoint ${file}: ${(error as Error).message}`;
    throw new UserError(`${problem}. The version before it is ${file}.bak`);
  }
}

/** The stack's own resource, which has its outputs. */
export function rootResource({ resources = [] }: Deployment): ResourceState | undefined {
  return resources.find((resource) => resource.type === rootStackType && !resource.delete);
}

/** State features the engine does not act on; reading a stack that has one is fine, changing it is not. */
export function refuseForeignState({ version, features = [], deployment }: UntypedDeployment): void {
  if (version > 3) throw refuse(`a stack whose state uses ${features.join(", ") || `version ${version}`}`);
  const half = deployment.resources?.find((r) => r.pendingReplacement);
  if (half) throw refuse(`finishing the half-done delete-before-replace of ${half.urn}`);
  const type = deployment.secrets_providers?.type;
  if (type && type !== "passphrase") throw refuse(`the secrets provider "${type}"`);
}

/** The rules every snapshot keeps: each URN once among the living, and nothing before what it needs. */
export function checkIntegrity({ manifest, resources = [] }: Deployment): void {
  if (manifest.magic !== magic(manifest.version)) {
    throw new UserError("magic cookie mismatch; possible tampering/corruption detected");
  }
  const seen = new Map<string, "living" | "replaced">();
  for (const resource of resources) {
    const { urn, delete: isReplaced } = resource;
    const missing = requirements(resource).find((needed) => !seen.has(needed));
    if (missing) throw new UserError(`resource ${urn} refers to missing resource ${missing}`);
    if (seen.get(urn) === "living" && !isReplaced) throw new UserError(`duplicate resource ${urn}`);
    if (seen.get(urn) !== "living") seen.set(urn, isReplaced ? "replaced" : "living");
  }
}

/** Everything that must be there while the resource is. */
export function requirements({
  provider = "",
  parent = "",
  deletedWith = "",
  dependencies = [],
}: ResourceState): string[] {
  return [providerUrn(provider), parent, deletedWith, ...dependencies].filter((urn) => urn !== "");
}

/** Resources by the length of the longest way to something that needs none of them. */
export function layersOf(resources: ResourceState[]): ResourceState[][] {
  const depths = new Map<string, number>();
  const layers: ResourceState[][] = [];
  // In the state everything comes after what it needs.
  for (const resource of resources) {
    const depth = Math.max(0, ...requirements(resource).map((urn) => (depths.get(urn) ?? -1) + 1));
    depths.set(resource.urn, depth);
    (layers[depth] ??= []).push(resource);
  }
  return layers;
}
