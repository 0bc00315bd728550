import { createHash } from "node:crypto";
import { isDefaultProvider, providerUrn } from "./urn.ts";
import { refuse, UserError } from "./user-error.ts";
import type { PropertyMap, PropertyValue } from "./property-value.ts";

/** The Pulumi CLI whose files and behaviour the engine reproduces. */
export const cliVersion = "v3.259.0";

export interface CustomTimeouts {
  create?: number;
  update?: number;
  delete?: number;
}

/** One resource of the state, keys in the order the CLI writes them. */
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
  initErrors?: string[];
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  aliases?: string[];
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

export function newManifest(): Deployment["manifest"] {
  return { time: now(), magic: magic(cliVersion), version: cliVersion };
}

export function now(): string {
  return new Date().toISOString();
}

function magic(version: string): string {
  return version === "" ? "" : createHash("sha256").update(version).digest("hex");
}

export function formatCheckpoint(stack: string, deployment: Deployment | undefined): string {
  return JSON.stringify({ version: 3, checkpoint: { stack, ...(deployment && { latest: deployment }) } });
}

export function parseCheckpoint(text: string, file: string): UntypedDeployment {
  let parsed: { version: number; features?: string[]; checkpoint: { latest?: Deployment } };
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch (error) {
    throw new UserError(`could not read the checkpoint ${file}: ${(error as Error).message}`);
  }
  const { version, features, checkpoint } = parsed;
  return { version, ...(features && { features }), deployment: checkpoint.latest ?? { manifest: newManifest() } };
}

/** State features the engine does not act on; reading a stack that has one is fine, changing it is not. */
export function refuseForeignState({ version, features = [], deployment }: UntypedDeployment): void {
  if (version > 3) throw refuse(`a stack whose state uses ${features.join(", ") || `version ${version}`}`);
  const half = deployment.resources?.find((r) => r.pendingReplacement);
  if (half) throw refuse(`finishing the half-done delete-before-replace of ${half.urn}`);
  const type = deployment.secrets_providers?.type;
  if (type && type !== "passphrase") throw refuse(`the secrets provider "${type}"`);
}

/** The rules every snapshot keeps: unique URNs, and nothing before what it needs. */
export function checkIntegrity(deployment: Deployment): void {
  const { manifest, resources = [] } = deployment;
  if (manifest.magic !== magic(manifest.version)) {
    throw new UserError(`magic cookie mismatch; possible tampering/corruption detected`);
  }
  const seen = new Set<string>();
  for (const r of resources) {
    for (const [what, urn] of needs(r)) {
      if (!seen.has(urn)) throw new UserError(`resource ${r.urn} ${what} ${urn} refers to missing resource`);
    }
    if (
      seen.has(r.urn) &&
      !r.delete &&
      resources.some((other) => other !== r && other.urn === r.urn && !other.delete)
    ) {
      throw new UserError(`duplicate resource ${r.urn}`);
    }
    seen.add(r.urn);
  }
}

function needs(r: ResourceState): [string, string][] {
  return [
    ...(r.provider ? [["provider", providerUrn(r.provider)] as [string, string]] : []),
    ...(r.parent ? [["parent", r.parent] as [string, string]] : []),
    ...(r.dependencies ?? []).map((urn): [string, string] => ["dependency", urn]),
  ];
}

/** Everything that must be there while `r` is: parent, provider, dependencies. */
export function requirements(r: ResourceState): string[] {
  return needs(r).map(([, urn]) => urn);
}

/** Resources people count: not the providers nobody wrote. */
export function isCounted(r: { urn: string }): boolean {
  return !isDefaultProvider(r.urn);
}
