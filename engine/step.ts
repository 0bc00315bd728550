import { isSecret, mapObject, secret } from "./property-value.ts";
import { now } from "./checkpoint.ts";
import type { ResourceState } from "./checkpoint.ts";
import type { Op } from "./events.ts";
import type { Diff, ResourceProvider, StepContext } from "./providers.ts";
import type { PropertyMap } from "./property-value.ts";

/** One thing to be done to one resource. `old` is what the state has, `next` what it shall have. */
export interface Step {
  op: Op;
  old?: ResourceState;
  next?: ResourceState;
  diff?: Diff;
  /** Missing for components, which only exist in the state. */
  provider?: ResourceProvider;
  /** Reads an external resource: its outputs. */
  read?: () => Promise<PropertyMap>;
}

export function stepUrn(step: Step): string {
  return (step.next ?? step.old)?.urn ?? "";
}

/** Does the step and answers the resource's new state, or undefined where none is left. */
export async function applyStep(step: Step, context: StepContext): Promise<ResourceState | undefined> {
  return appliers[step.op](step, context);
}

type Applier = (step: Step, context: StepContext) => Promise<ResourceState | undefined>;

const create: Applier = async ({ next, provider }, context) => {
  if (!next) return undefined;
  const { id, outputs } = (await provider?.create(next.inputs ?? {}, context)) ?? { outputs: {} };
  const time = now();
  return withOutputs({ ...next, ...(id !== undefined && { id }), created: time, modified: time }, outputs);
};

const remove: Applier = async ({ old, provider }, context) => {
  if (old && provider && !context.preview && !old.external && !old.retainOnDelete) await provider.delete(old, context);
  return undefined;
};

const nothing: Applier = () => Promise.resolve(undefined);

const appliers: Record<Op, Applier> = {
  same: ({ old, next }) => Promise.resolve(next && old ? keepResults(next, old) : undefined),
  create,
  "create-replacement": create,
  async update({ old, next, provider }, context) {
    if (!old || !next) return undefined;
    const outputs = (await provider?.update(old, next.inputs ?? {}, context)) ?? {};
    return withOutputs({ ...keepResults(next, old), modified: now() }, outputs);
  },
  delete: remove,
  "delete-replaced": remove,
  async read({ next, read }) {
    return next && withOutputs(next, (await read?.()) ?? {});
  },
  replace: nothing,
  discard: nothing,
  refresh: nothing,
};

/** The new options and inputs with the id, outputs and times of before. */
function keepResults(next: ResourceState, { id, outputs, created, modified }: ResourceState): ResourceState {
  return {
    ...next,
    ...(id !== undefined && { id }),
    ...(outputs && { outputs }),
    ...(created && { created }),
    ...(modified && { modified }),
  };
}

export function withOutputs(state: ResourceState, outputs: PropertyMap): ResourceState {
  const names = state.additionalSecretOutputs ?? [];
  const marked = mapObject(outputs, (value, key) => (names.includes(key) && !isSecret(value) ? secret(value) : value));
  const { outputs: _, ...rest } = state;
  return Object.keys(marked).length > 0 ? { ...rest, outputs: marked } : rest;
}
