import { applyIgnoreChanges, applyReplaceOnChanges, needsReplacement } from "./diff.ts";
import { given, type AliasSpec, type Goal } from "./goal.ts";
import { equal, isSecret, mask } from "./property-value.ts";
import { createUrn, isProviderType, nameOf, typeOf } from "./urn.ts";
import { UserError, refuse } from "./user-error.ts";
import type { StackName } from "./backend.ts";
import type { ResourceState } from "./checkpoint.ts";
import type { Diff, Providers, ResourceProvider } from "./providers.ts";
import type { Step } from "./step-executor.ts";

/** A mistake in one registration: told about its resource, and the end of the operation. */
export class RegistrationError extends UserError {
  readonly urn: string;

  constructor(urn: string, message: string) {
    super(message);
    this.urn = urn;
  }
}

/** Decides what is to be done for each resource that the program registers. */
export class StepGenerator {
  /** URNs that the program has asked for, and the old ones they stand for. */
  readonly registered = new Set<string>();
  private readonly stack: StackName;
  private readonly providers: Providers;
  private readonly olds: Map<string, ResourceState>;
  /** The old URN of what was found under an alias. */
  private readonly renamed = new Map<string, string>();

  constructor(stack: StackName, olds: ResourceState[], providers: Providers) {
    this.stack = stack;
    this.providers = providers;
    this.olds = new Map(olds.filter((old) => !old.delete).map((old) => [old.urn, old]));
  }

  generate(goal: Goal): Step {
    const { urn, old } = this.claim(goal);
    const { inputs: wanted = {}, ...options } = goal.state;
    const inputs = old ? applyIgnoreChanges(wanted, old.inputs ?? {}, options.ignoreChanges ?? []) : wanted;
    const next: ResourceState = { urn, ...options, ...given({ inputs }) };
    if (goal.read) return { op: "read", old, next, read: goal.read };
    const provider = next.custom ? this.providers.resource(next.type) : undefined;
    if (provider) checkInputs(next, goal.name, provider);
    if (!old || old.external) return { op: "create", next, provider };
    if (old.custom !== next.custom) throw refuse(`turning ${urn} from a component into a custom resource or back`);
    const diff = diffOf(old, next, provider);
    if (isReplaced(old, next, diff)) {
      if (goal.deleteBeforeReplace) throw refuse(`replacing ${urn} with the deleteBeforeReplace option`);
      return { op: "create-replacement", old, next, diff, provider };
    }
    if (isProviderType(next.type) && !diff.changed && old.inputs) next.inputs = old.inputs;
    return { op: diff.changed ? "update" : "same", old, next, diff, provider };
  }

  /** Marks the resource as wanted by the program and answers what the state has of it. */
  private claim(goal: Goal): { urn: string; old: ResourceState | undefined } {
    const { parent = "", type } = goal.state;
    const urn = this.urn(parent, type, goal.name);
    if (this.registered.has(urn)) {
      throw new RegistrationError(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    const found = [urn, ...this.aliases(goal)].find((candidate) => this.olds.has(candidate)) ?? urn;
    if (this.registered.has(found)) {
      const conflict = `applied to resource with URN '${urn}' conflicting with resource with URN '${found}'`;
      throw new RegistrationError(urn, `Duplicate resource alias '${found}' ${conflict}`);
    }
    this.registered.add(urn).add(found);
    if (found !== urn) this.renamed.set(urn, found);
    return { urn, old: this.olds.get(found) };
  }

  private urn(parent: string, type: string, name: string): string {
    return createUrn(this.stack.stack, this.stack.project, parent, type, name);
  }

  /** The URNs a resource may have had, counting in what its parent was called. */
  private aliases({ name, state: { parent = "", type }, aliases = [] }: Goal): string[] {
    const own = aliases.map((alias) => this.resolve(alias, parent, type, name));
    const oldParent = this.renamed.get(parent);
    if (oldParent === undefined) return own;
    const [prefix, oldPrefix] = [nameOf(parent), nameOf(oldParent)];
    const inherited = [this.urn(parent, type, name), ...own].map((urn) => {
      const name = nameOf(urn);
      // Children are mostly named after their parent, so a renamed parent's child had the old name in front.
      const oldName = name.startsWith(prefix) ? oldPrefix + name.slice(prefix.length) : name;
      return this.urn(oldParent, typeOf(urn), oldName);
    });
    return [...own, ...inherited];
  }

  private resolve(alias: AliasSpec, parent: string, type: string, name: string): string {
    if ("urn" in alias) return alias.urn;
    const { stack, project } = this.stack;
    const named = alias.parenturn === "" ? parent : (this.renamed.get(alias.parenturn) ?? alias.parenturn);
    const oldParent = alias.noparent ? "" : named;
    return createUrn(alias.stack || stack, alias.project || project, oldParent, alias.type || type, alias.name || name);
  }
}

function checkInputs({ urn, type, inputs = {} }: ResourceState, name: string, provider: ResourceProvider): void {
  const [failure] = provider.check(inputs);
  if (!failure) return;
  const { property, reason } = failure;
  const value = isSecret(inputs[property]) ? mask : JSON.stringify(inputs[property]);
  const problem = `property ${property} value {${value}} has a problem: ${reason}`;
  throw new RegistrationError(urn, `${type} resource '${name}': ${problem}`);
}

/** A component's inputs are compared as a whole; it has no provider to say what changed in them. */
function diffOf(old: ResourceState, next: ResourceState, provider: ResourceProvider | undefined): Diff {
  const inputs = next.inputs ?? {};
  if (provider) return applyReplaceOnChanges(provider.diff(old, inputs), next.replaceOnChanges ?? []);
  return { changed: !equal(old.inputs ?? {}, inputs), changedKeys: [], replaceKeys: [], detailed: null };
}

function isReplaced(old: ResourceState, { replacementTrigger: trigger }: ResourceState, diff: Diff): boolean {
  const before = old.replacementTrigger;
  const triggered = before !== undefined && trigger !== undefined && !equal(before, trigger);
  return triggered || (diff.changed && needsReplacement(diff));
}
