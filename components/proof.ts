import type * as pulumi from "@pulumi/pulumi";

declare const proven: unique symbol;

/**
 * What a component has done, as the next one demands it: a pipeline that leaves a step out does not compile. Made by
 * components only; carries what dependents mean by it, never times, attempts or paths.
 */
export interface Proof<Name extends string, Value = unknown> {
  readonly value: pulumi.Output<Value>;
  readonly resource: pulumi.Resource;
  readonly [proven]: Name;
}

export function prove<Name extends string, Value>(
  value: pulumi.Output<Value>,
  resource: pulumi.Resource,
): Proof<Name, Value> {
  return { value, resource } as Proof<Name, Value>;
}
