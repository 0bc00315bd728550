import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Call } from "../actions/action.ts";
import { canonical } from "../release/digest.ts";
import { type Spec, variables } from "../runtime/spec.ts";
import { type Planned, written } from "./call.ts";
import type { Proof } from "./proof.ts";

/** The rollout that steps belong to. */
export interface Scope {
  readonly release: string;
  /** Folder of the environment's store. */
  readonly store: string;
  readonly rollout: pulumi.Output<string>;
}

export interface StepOptions<Needs> {
  readonly parent: pulumi.Resource;
  /** What earlier steps found out. */
  readonly needs: { readonly [Name in keyof Needs]: pulumi.Input<Needs[Name]> };
  /** Steps that must have succeeded, of which nothing needs to be known. */
  readonly after?: readonly Proof<string>[];
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly onFailure?: readonly Call[];
  /** The rollout ends with this step: the lease is given back. */
  readonly last?: boolean;
}

export interface Step<Result> {
  readonly resource: pulumi.Resource;
  readonly result: pulumi.Output<Result>;
}

/** The text of every step's command: the same on every machine, in every shell and in every version. */
export const commandText = `node -e "import('switchback/step')"`;

const backstopSeconds = 60;

/** One action done once for a rollout. The only place that makes a Command. */
export function step<Needs, Result>(
  name: string,
  planned: Planned<Needs, Result>,
  scope: Omit<Scope, "rollout"> & { readonly rollout?: pulumi.Output<string> },
  options: StepOptions<Needs>,
): Step<Result> {
  const opens = scope.rollout === undefined;
  const spec: Spec = {
    step: name,
    release: scope.release,
    ...written(planned),
    store: scope.store,
    ...(planned.survives ? { survives: true } : {}),
    ...(opens ? { opens } : {}),
    ...(options.last ? { last: true } : {}),
    ...(options.onFailure ? { onFailure: options.onFailure.map(written) } : {}),
  };
  const backstop = `${planned.timeoutSeconds + backstopSeconds}s`;
  const resource = new local.Command(
    name,
    {
      create: commandText,
      // Engines hand configuration on in orders of their own; the same specification must be the same text.
      stdin: canonical(spec),
      environment: {
        ...(scope.rollout === undefined ? {} : { [variables.rollout]: scope.rollout }),
        [variables.timeout]: String(planned.timeoutSeconds),
        ...mapEntries(options.needs as Record<string, pulumi.Input<unknown>>, variables.needs, (value) =>
          pulumi.jsonStringify(value),
        ),
        ...mapEntries(options.secrets ?? {}, variables.secret, (value) => pulumi.secret(value)),
      },
      logging: local.Logging.Stderr,
      addPreviousOutputInEnv: opens,
    },
    {
      parent: options.parent,
      dependsOn: (options.after ?? []).map((proof) => proof.resource),
      // The step ends itself in time; this is for one that hangs so badly that it cannot.
      customTimeouts: { create: backstop, update: backstop },
    },
  );
  return { resource, result: resource.stdout.apply((receipt) => JSON.parse(receipt) as Result) };
}

function mapEntries<T>(
  entries: Readonly<Record<string, T>>,
  name: (key: string) => string,
  value: (value: T) => pulumi.Output<string>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(Object.entries(entries).map(([key, given]) => [name(key), value(given)]));
}
