import type { Target } from "../actions/checks/target.ts";
import { Refusal } from "../actions/action.ts";
import { misfit, parseJson, type Shape } from "../actions/json-file.ts";
import { unpackRecord } from "../actions/rollout/unpack-record.ts";
import type { Start, Terms } from "../actions/watch/terms.ts";
import type { RolloutRecord } from "../release/record.ts";

/** What the CLI reads of a stack's state. Secrets are not needed for any of it. */
export interface State {
  /** Undefined before the first rollout. */
  readonly record: RolloutRecord | undefined;
  readonly wayBack: { readonly how: string; readonly command: string } | undefined;
  /** How the activation reaches the hosts and sees what they serve. */
  readonly activation: Activation | undefined;
  /** What to watch after a release; undefined where the pipeline says nothing of it. */
  readonly watching?: { readonly terms: Terms; readonly start: Start } | undefined;
  /** The checks that compare routes with a baseline. */
  readonly routes: readonly RoutesCheck[];
}

export interface Activation {
  readonly hosts: readonly { readonly name: string; readonly directory: string; readonly address: string }[];
  readonly address: string;
  readonly reload: readonly string[];
  readonly evidence: { readonly health: string; readonly version: string };
}

/** A check that compares routes with a baseline. */
export interface RoutesCheck extends Target {
  readonly argv: readonly string[];
  readonly baseline: string;
  readonly allowed?: readonly string[];
}

interface Resource {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

const deploymentShape: Shape = { "resources?": [{ type: "string", "inputs?": "object", "outputs?": "object" }] };

const activationShape: Shape = {
  hosts: [{ name: "string", directory: "string", address: "string" }],
  ...{ address: "string", reload: ["string"], evidence: { health: "string", version: "string" } },
};

/** Reads `pulumi stack export`. Errors: it is no state, or what it remembers of the last rollout is damaged. */
export function readState(exported: string): State {
  const state = parseJson(exported);
  // A stack that was only just made has no deployment.
  const { deployment } = (state ?? {}) as { deployment?: unknown };
  const wrong = misfit(state, {}) ?? misfit(deployment ?? {}, deploymentShape, "deployment");
  if (wrong !== undefined)
    throw new Refusal(
      `the stack's state is damaged: ${wrong}. Put it back from a copy: pulumi stack import --file COPY`,
    );
  const { resources = [] } = (deployment ?? {}) as { resources?: readonly Resource[] };
  const outputs = resources.find((one) => one.type === "pulumi:pulumi:Stack")?.outputs ?? {};
  const steps = resources.filter((one) => one.type === "command:local:Command");
  return {
    record: outputs.record === undefined ? undefined : unpackRecord(outputs.record),
    wayBack: outputs.wayBack as State["wayBack"],
    activation: steps.map(argsOf).find(isActivation),
    routes: steps
      .map(specOf)
      .flatMap(({ action, args }) => (action === "actions/checks/routes" ? [args as RoutesCheck] : [])),
    watching: steps.map(watchingIn).find((one) => one !== undefined),
  };
}

interface Spec {
  readonly action?: string;
  readonly args?: unknown;
}

const specOf = ({ inputs }: Resource): Spec => parseJson(String(inputs?.stdin)) ?? {};

const argsOf = (resource: Resource): unknown => specOf(resource).args;

function watchingIn(resource: Resource): State["watching"] {
  const { action, args } = specOf(resource);
  const start = parseJson(String(resource.outputs?.stdout));
  return action === "actions/watch/plan" && start !== undefined
    ? { terms: args as Terms, start: start as Start }
    : undefined;
}

const isActivation = (args: unknown): args is Activation => misfit(args, activationShape) === undefined;
