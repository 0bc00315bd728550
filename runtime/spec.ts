import { createHash } from "node:crypto";
import { type Call, Refusal } from "../actions/action.ts";
import { misfit, parseJson } from "../actions/json-file.ts";
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
/** What Pulumi calls the last output of a command. */
const previousReceipt = "PULUMI_COMMAND_STDOUT";

/** The names of the environment variables of a step. */
export const variables = {
  rollout: "SWITCHBACK_ROLLOUT",
  timeout: "SWITCHBACK_TIMEOUT_SECONDS",
  needs: (name: string) => needs + name,
  secret: (name: string) => secret + name,
};

/** Errors: the text is not a step's specification. */
export function readSpec(text: string): Spec {
  const spec = parseJson(text);
  const shape = { step: "string", action: "string", args: "object", release: "string", store: "string" } as const;
  // Files are named after it.
  if (misfit(spec, shape) === undefined && !/[/\\\0]|^\.*$/.test((spec as Spec).step)) return spec as Spec;
  throw new Refusal(
    "switchback/step: a step's specification is expected on standard input. Pulumi runs this, not you.",
  );
}

/**
 * Errors: a variable is not what Pulumi sets it to. It hands on the environment it was started in, so whatever a shell has
 * set is there where Pulumi itself sets nothing.
 */
export function readSurroundings(
  environment: NodeJS.ProcessEnv,
  { opens = false }: Pick<Spec, "opens"> = {},
): Surroundings {
  const named = (prefix: string): [string, string][] =>
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
    );
  return {
    // A rollout that is about to be opened has no id, whatever a shell says.
    rollout: opens ? "" : rolloutIn(environment),
    needs: Object.fromEntries(named(needs).map(([name, value]) => [name, jsonIn(variables.needs(name), value)])),
    secrets: Object.fromEntries(named(secret)),
    timeoutSeconds: timeoutIn(environment),
    previous: previousIn(environment, opens),
    engine: startedBy(),
  };
}

function rolloutIn(environment: NodeJS.ProcessEnv): string {
  const id = environment[variables.rollout] ?? "";
  return id === "" || /^[a-z0-9][\w-]*$/i.test(id) ? id : refuse(variables.rollout, "is no rollout's id");
}

/** A timer takes no more than 24 days. */
const longestSeconds = 2_000_000;

function timeoutIn(environment: NodeJS.ProcessEnv): number {
  const seconds = Number(environment[variables.timeout] ?? 300);
  return seconds > 0 && seconds <= longestSeconds ? seconds : refuse(variables.timeout, "is no number of seconds");
}

function previousIn({ [previousReceipt]: text = "" }: NodeJS.ProcessEnv, opens: boolean): unknown {
  if (text === "") return undefined;
  const previous = jsonIn(previousReceipt, text);
  const wrong = opens ? misfit(previous, { number: "number", id: "string" }) : undefined;
  return wrong === undefined ? previous : refuse(previousReceipt, `is no rollout's receipt: ${wrong}`);
}

function jsonIn(name: string, text: string): unknown {
  const value = parseJson(text);
  return value === undefined ? refuse(name, "is not JSON") : value;
}

function refuse(name: string, wrong: string): never {
  throw new Refusal(`${name}: ${wrong}. Pulumi sets it, not you. Where your shell has it: unset ${name}`);
}

/** The same for two runs of a step that must not both act: same rollout, same arguments, same proofs. */
export function keyOf(spec: Spec, { rollout, needs }: Surroundings, tuning: readonly string[]): string {
  const { action, args, release } = spec;
  const what = Object.entries(args as object).filter(([name]) => !tuning.includes(name));
  return createHash("sha256")
    .update(JSON.stringify([rollout, release, action, what, needs]))
    .digest("hex");
}
