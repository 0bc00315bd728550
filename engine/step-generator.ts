import { applyIgnoreChanges, applyReplaceOnChanges, needsReplacement } from "./diff.ts";
import { given } from "./goal.ts";
import { equal, isSecret, mask } from "./property-value.ts";
import { createUrn, isProviderType, nameOf, qualifiedType, rootStackType, typeOf } from "./urn.ts";
import { UserError, refuse } from "./user-error.ts";
import type { ResourceState } from "./checkpoint.ts";
import type { AliasSpec, Goal } from "./goal.ts";
import type { Diff, Providers, ResourceProvider } from "./providers.ts";
import type { Step } from "./step.ts";

/** A mistake in one registration: told about its resource, and the end of the operation. */
export class RegistrationError extends UserError {
  override name = "RegistrationError";
  readonly urn: string;

  constructor(urn: string, message: string) {
    super(message);
    this.urn = urn;
  }
}

/** Decides what is to be done for each resource that the program registers. */
export class StepGenerator {
  private readonly stack: string;
  private readonly project: string;
  private readonly providers: Providers;
  private readonly olds: Map<string, ResourceState>;
  private readonly aliases: Aliases;
  /** URNs seen in this run, and the old ones they stand for. */
  private readonly seen = new Set<string>();

  constructor(stack: string, project: string, olds: ResourceState[], providers: Providers) {
    this.stack = stack;
    this.project = project;
    this.providers = providers;
    this.aliases = new Aliases(stack, project);
    this.olds = new Map(olds.filter((old) => !old.delete).map((old) => [old.urn, old]));
  }

  isRegistered(urn: string): boolean {
    return this.seen.has(urn);
  }

  /** Marks the resource as wanted by the program and answers what the state has of it. */
  claim(goal: Goal): { urn: string; old: ResourceState | undefined } {
    const { parent = "", type } = goal.state;
    const urn = createUrn(this.stack, this.project, parent, type, goal.name);
    if (this.seen.has(urn)) {
      throw new RegistrationError(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    }
    this.seen.add(urn);
    const found = [urn, ...this.aliases.urnsOf(goal)].find((candidate) => this.olds.has(candidate)) ?? urn;
    if (found !== urn) {
      if (this.seen.has(found)) {
        const conflict = `applied to resource with URN '${urn}' conflicting with resource with URN '${found}'`;
        throw new RegistrationError(urn, `Duplicate resource alias '${found}' ${conflict}`);
      }
      this.seen.add(found);
      this.aliases.remember(urn, found);
    }
    return { urn, old: this.olds.get(found) };
  }

  generate(goal: Goal): Step[] {
    const { urn, old } = this.claim(goal);
    const { custom, type, ignoreChanges = [], inputs: wanted = {} } = goal.state;
    const provider = custom ? this.providers.resource(type) : undefined;
    const inputs = old ? applyIgnoreChanges(wanted, old.inputs ?? {}, ignoreChanges) : wanted;
    const { inputs: _, ...options } = goal.state;
    const next: ResourceState = { urn, ...options, ...given({ inputs }) };
    if (provider) checkInputs(next, goal.name, provider);
    const base = { next, ...(provider && { provider }) };
    if (!old || old.external) return [{ op: "create", ...base }];
    if (old.custom !== custom) throw refuse(`turning ${urn} from a component into a custom resource or back`);
    const diff = diffOf(old, next, provider);
    if (isReplaced(old, next, diff)) {
      if (goal.deleteBeforeReplace) throw refuse(`replacing ${urn} with the deleteBeforeReplace option`);
      return (["create-replacement", "replace"] as const).map((op) => ({ op, old, diff, ...base }));
    }
    if (isProviderType(type) && !diff.changed && old.inputs) next.inputs = old.inputs;
    return [{ op: diff.changed ? "update" : "same", old, diff, ...base }];
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

/** Resolves aliases to the URNs a resource may have had, counting in what its parent was called. */
export class Aliases {
  private readonly stack: string;
  private readonly project: string;
  /** Which old URN a resource was found under. */
  private readonly found = new Map<string, string>();

  constructor(stack: string, project: string) {
    this.stack = stack;
    this.project = project;
  }

  remember(urn: string, old: string): void {
    this.found.set(urn, old);
  }

  urnsOf(goal: Goal): string[] {
    const own = goal.aliases.map((alias) => this.resolve(goal, alias));
    const { parent = "", type } = goal.state;
    const parentAlias = this.found.get(parent);
    if (parentAlias === undefined) return [...new Set(own)];
    const names = [[type, goal.name], ...own.map((urn) => [typeOf(urn), nameOf(urn)])] as [string, string][];
    return [...new Set([...own, ...names.map(([type, name]) => this.childOf(parentAlias, parent, type, name))])];
  }

  private resolve(goal: Goal, alias: AliasSpec): string {
    if ("urn" in alias) return alias.urn;
    const given = alias.parent === "" ? (goal.state.parent ?? "") : (this.found.get(alias.parent) ?? alias.parent);
    const parent = alias.noParent || qualifiedType(given) === rootStackType ? "" : given;
    return createUrn(
      alias.stack || this.stack,
      alias.project || this.project,
      parent,
      alias.type || goal.state.type,
      alias.name || goal.name,
    );
  }

  /** Children are mostly named after their parent, so a renamed parent's child had the old name in front. */
  private childOf(parentAlias: string, parent: string, type: string, name: string): string {
    const prefix = nameOf(parent);
    const oldName = name.startsWith(prefix) ? nameOf(parentAlias) + name.slice(prefix.length) : name;
    return createUrn(this.stack, this.project, parentAlias, type, oldName);
  }
}
