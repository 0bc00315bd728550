import { given, type ResourceState } from "./checkpoint.ts";
import { applyIgnoreChanges, applyReplaceOnChanges, diffInputs, needsReplacement, type Diff } from "./diff.ts";
import { equal, isSecret, mask } from "./property-value.ts";
import { resourceProvider, type ResourceProvider } from "./providers.ts";
import { createUrn, isProviderType, nameOf, typeOf } from "./urn.ts";
import { refuse, UserError } from "./user-error.ts";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb.js";
import type { StackName } from "./backend.ts";
import type { Goal } from "./goal.ts";
import type { Step } from "./step-executor.ts";

export class StepGenerator {
  /** URNs that the program has asked for, and the old ones they stand for. */
  readonly registered = new Set<string>();
  private readonly stack: StackName;
  private readonly olds: Map<string, ResourceState>;
  /** The old URN of what was found under an alias. */
  private readonly renamed = new Map<string, string>();

  constructor(stack: StackName, olds: ResourceState[]) {
    this.stack = stack;
    this.olds = new Map(olds.filter((old) => !old.delete).map((old) => [old.urn, old]));
  }

  generate(goal: Goal): Step {
    const { urn, old } = this.claim(goal);
    const { inputs: wanted = {}, ...options } = goal.state;
    const inputs = old ? applyIgnoreChanges(wanted, old.inputs ?? {}, options.ignoreChanges ?? []) : wanted;
    const next: ResourceState = { urn, ...options, ...given({ inputs }) };
    if (goal.read) return { op: "read", old, next, read: goal.read };
    const provider = next.custom ? resourceProvider(next.type) : undefined;
    if (provider) checkInputs(next, provider);
    if (!old || old.external) return { op: "create", next, provider };
    if (old.custom !== next.custom) throw refuse(`turning ${urn} from a component into a custom resource or back`);
    const diff = diffOf(old, next, provider);
    if (isReplaced(old, next, diff)) {
      if (goal.deleteBeforeReplace) throw refuse(`replacing ${urn} with the deleteBeforeReplace option`);
      // What is made anew has nothing of the old one's to keep: what is ignored counts for updates.
      return { op: "create-replacement", old, next: { urn, ...options, ...given({ inputs: wanted }) }, diff, provider };
    }
    if (isProviderType(next.type) && !diff.changed && old.inputs) next.inputs = old.inputs;
    return { op: diff.changed ? "update" : "same", old, next, diff, provider };
  }

  private claim({ name, state, aliases = [] }: Goal): { urn: string; old: ResourceState | undefined } {
    const urn = this.urn({ ...state, name });
    if (this.registered.has(urn)) {
      throw new UserError(`Duplicate resource URN '${urn}'; try giving it a unique name`, 1, urn);
    }
    const own = aliases.map(({ urn: whole, spec }) => (spec ? this.urn({ ...state, name }, spec) : whole));
    const candidates = [urn, ...own, ...this.underOldParent([urn, ...own], state.parent ?? "")];
    const found = candidates.find((candidate) => this.olds.has(candidate)) ?? urn;
    if (this.registered.has(found)) {
      const conflict = `applied to resource with URN '${urn}' conflicting with resource with URN '${found}'`;
      throw new UserError(`Duplicate resource alias '${found}' ${conflict}`, 1, urn);
    }
    this.registered.add(urn).add(found);
    if (found !== urn) this.renamed.set(urn, found);
    return { urn, old: this.olds.get(found) };
  }

  /** A resource's URN, or the one it had when it was different in what `alias` says. */
  private urn(now: { parent?: string; type: string; name: string }, alias: Partial<Alias.Spec.AsObject> = {}): string {
    const { stack, project, type, name, parent } = { ...this.stack, ...now, ...given(alias) };
    const oldParent = alias.parenturn ? (this.renamed.get(alias.parenturn) ?? alias.parenturn) : (parent ?? "");
    return createUrn(stack, project, alias.noparent ? "" : oldParent, type, name);
  }

  /** The URNs that a child of a renamed parent may have had. */
  private underOldParent(urns: string[], parent: string): string[] {
    const oldParent = this.renamed.get(parent);
    if (oldParent === undefined) return [];
    const [prefix, oldPrefix] = [nameOf(parent), nameOf(oldParent)];
    return urns.map((urn) => {
      const name = nameOf(urn);
      // Children are mostly named after their parent, so a renamed parent's child had the old name in front.
      const oldName = name.startsWith(prefix) ? oldPrefix + name.slice(prefix.length) : name;
      return this.urn({ parent: oldParent, type: typeOf(urn), name: oldName });
    });
  }
}

/** Errors: everything that the provider does not take. */
function checkInputs({ urn, type, inputs = {} }: ResourceState, provider: ResourceProvider): void {
  const failures = (provider.check?.(inputs) ?? []).map(({ property, reason }) => {
    const value = isSecret(inputs[property]) ? mask : JSON.stringify(inputs[property]);
    const where = property === "" ? "" : `: property ${property} value {${value}}`;
    return new UserError(`${type} resource '${nameOf(urn)}'${where} has a problem: ${reason}`, 1, urn);
  });
  if (failures.length > 0) throw new AggregateError(failures);
}

/** A component's inputs are compared as a whole; it has no provider to say what changed in them. */
function diffOf(old: ResourceState, next: ResourceState, provider: ResourceProvider | undefined): Diff {
  const inputs = next.inputs ?? {};
  if (provider) return applyReplaceOnChanges(provider.diff(old, inputs), next.replaceOnChanges ?? []);
  return { ...diffInputs({}, {}), changed: !equal(old.inputs ?? {}, inputs) };
}

function isReplaced(old: ResourceState, { replacementTrigger: trigger }: ResourceState, diff: Diff): boolean {
  const before = old.replacementTrigger;
  const triggered = before !== undefined && trigger !== undefined && !equal(before, trigger);
  return triggered || (diff.changed && needsReplacement(diff));
}
