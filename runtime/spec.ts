import { createHash } from "node:crypto";
import { type Call, Refusal } from "../actions/action.ts";
import { type Owner, startedBy } from "./owner.ts";

/** What a step is told on standard input: everything that is known when the pipeline is previewed. */
export interface Spec extends Call {
  readonly step: string;
  readonly release: string;
  /** Folder of the environment's store, from the project's folder. */
  readonly store: string;
  /** Goes on when the engine is killed, see `Action.survives`. */
  readonly survives?: boolean;
  /** Opens a rollout: there is no id yet, and the action is handed its previous receipt. */
  readonly opens?: boolean;
  /** Frees the lease when it has succeeded: the rollout ends here. */
  readonly last?: boolean;
  /** What to carry out, in this order, when the step fails. */
  readonly onFailure?: readonly Call[];
}

/** What a step finds around it: what only earlier steps know, secrets, limits, and who has started it. */
export interface Surroundings {
  readonly rollout: string;
  readonly needs: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly previous: unknown;
  /** The engine, see `startedBy`. */
  readonly engine: Owner;
}

const needs = "SWITCHBACK_NEEDS_";
const secret = "SWITCHBACK_SECRET_";

/** The names of the environment variables of a step. */
export const variables = {
  rollout: "SWITCHBACK_ROLLOUT",
  timeout: "SWITCHBACK_TIMEOUT_SECONDS",
  needs: (name: string) => needs + name,
  secret: (name: string) => secret + name,
};

/** Errors: the text is not a step's specification. */
export function readSpec(text: string): Spec {
  let spec: Partial<Spec> | undefined;
  try {
    spec = JSON.parse(text) as Partial<Spec>;
  } catch {
    spec = undefined;
  }
  if (typeof spec?.step !== "string" || typeof spec.action !== "string" || typeof spec.store !== "string") {
    throw new Refusal(
      "switchback/step: a step's specification is expected on standard input. Pulumi runs this, not you.",
    );
  }
  return spec as Spec;
}

export function readSurroundings(environment: NodeJS.ProcessEnv): Surroundings {
  const named = (prefix: string): [string, string][] =>
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
    );
  const previous = environment.PULUMI_COMMAND_STDOUT;
  return {
    rollout: environment[variables.rollout] ?? "",
    needs: Object.fromEntries(named(needs).map(([name, value]) => [name, JSON.parse(value) as unknown])),
    secrets: Object.fromEntries(named(secret)),
    timeoutSeconds: Number(environment[variables.timeout] ?? 300),
    previous: previous ? (JSON.parse(previous) as unknown) : undefined,
    engine: startedBy(),
  };
}

/** The same for two runs of a step that must not both act: same rollout, same arguments, same proofs. */
export function keyOf(spec: Spec, { rollout, needs }: Surroundings, tuning: readonly string[]): string {
  const { action, args, release } = spec;
  const what = Object.entries(args as object).filter(([name]) => !tuning.includes(name));
  return createHash("sha256")
    .update(JSON.stringify([rollout, release, action, what, needs]))
    .digest("hex");
}
