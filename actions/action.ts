import type * as zod from "zod";
import type { SecretReference } from "./secret.ts";

/** The zod library, handed to `args` by whoever builds a step: a step's own process never loads it (50 ms a step). */
export type Zod = typeof zod;

/** One thing done to the outside world. It knows nothing of Pulumi; a step runs it, a test calls it. */
export interface Action<Args = never, Needs = unknown, Result = unknown, Input = Args> {
  /** Address of the file that defines it; a step names it by its path in the package. */
  readonly module: string;
  /** The schema of what is known when the pipeline is written. Defaults are filled in and bad values refused there. */
  readonly args: (z: Zod) => zod.ZodType<Args, Input>;
  /** Does it. Told to stop by `context.signal`; throws when it could not do it and has changed nothing that counts. */
  readonly run: (args: Args, context: Context<Needs>) => Promise<Result>;
  /** True for what must not be cut in half: it goes on when the engine is killed. Default false. */
  readonly survives: boolean;
  /** Hard limit over the whole process tree, in seconds. Default 300. */
  readonly timeoutSeconds: number;
  /** True for what only reads, and within seconds: a preview asks it, too. Default false. */
  readonly quick: boolean;
  /** Arguments that say how to look, not what to do: other values of them are no reason to do it again. Default none. */
  readonly tuning: readonly string[];
}

/** An action named as data, so that a plan of what to do can be shown, kept and carried out later. */
export interface Call {
  /** Path of the action's module, see `Action.module`. */
  readonly action: string;
  readonly args: unknown;
}

/** The end of a ledger. */
export interface LedgerEnd {
  /** Number of the last entry, 0 for none. */
  readonly entry: number;
  readonly digest: string;
}

/** A ledger's end as somebody has seen it and keeps it: the lease, a host, a database. */
export interface Witness extends LedgerEnd {
  readonly who: string;
}

/** The right to act, as every place keeps it where it was used: see `passFence`. */
export interface Fencing {
  /** Grows with every rollout that takes the environment's lease. */
  readonly number: number;
  /** Id of the store whose lease it is. */
  readonly store: string;
  /** The store's ledger when the step began. */
  readonly ledger: LedgerEnd;
}

/** Everything an action needs from outside. */
export interface Context<Needs = unknown> {
  readonly step: string;
  readonly release: string;
  /** The rollout this step belongs to; empty in the step that opens it. */
  readonly rollout: string;
  /** The right with which the step acts. */
  readonly fencing: Fencing;
  /** Why the store's ledger is not the one that somebody has seen, and what to do, in words; undefined when it is. */
  readonly whyNotWitnessed: (witness: Witness) => string | undefined;
  /** What earlier steps found out, by name. */
  readonly needs: Needs;
  /** This step's previous receipt, where the step asked for it. */
  readonly previous: unknown;
  /** Folder of the environment's store. */
  readonly store: string;
  /** Aborted when the time is over or somebody cancels. */
  readonly signal: AbortSignal;
  /** A line for the people who watch. */
  readonly tell: (line: string) => void;
  /** A line for the step's log only. */
  readonly log: (line: string) => void;
  /** The secret that is meant; from now on it is taken out of whatever is written. Errors when there is none. */
  readonly secret: (reference: SecretReference) => string;
  /** Keeps a file with the evidence of the rollout, and returns its path there. */
  readonly keep: (name: string, content: string | Uint8Array) => string;
  /**
   * Runs a program to its end, whatever its exit code; its output goes to the log. Errors: it cannot be run, was ended by
   * a signal, or took too long.
   */
  readonly run: (argv: readonly string[], options: ExecOptions) => Promise<Outcome>;
  /** The same for its standard output alone. Errors, too, unless it exits 0. */
  readonly exec: (argv: readonly string[], options: ExecOptions) => Promise<string>;
  /** Carries out an action named as data. */
  readonly call: (call: Call, needs?: unknown) => Promise<unknown>;
}

export interface ExecOptions {
  readonly cwd: string;
  /** Added to a minimal environment (PATH, HOME, LANG, TMPDIR). Nothing else of ours is handed on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: what is left of the step's own limit. */
  readonly timeoutSeconds?: number;
}

/** How a program ended, and what it printed, as it did: the first 10 MB of either stream. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether all that it printed is there. */
  readonly isWhole: boolean;
}

type Definition<Args, Needs, Result, Input> = Pick<Action<Args, Needs, Result, Input>, "args" | "run"> &
  Partial<Pick<Action, "survives" | "timeoutSeconds" | "quick" | "tuning">>;

/** Defines the one action of a file: `export const x = defineAction(import.meta.url, { args, run })`. */
export function defineAction<Args, Needs = unknown, Result = unknown, Input = Args>(
  module: string,
  definition: Definition<Args, Needs, Result, Input>,
): Action<Args, Needs, Result, Input> {
  return { module, survives: false, timeoutSeconds: 300, quick: false, tuning: [], ...definition };
}

/** A mistake of the person or the surroundings: its message is shown as it is, without a stack trace. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** A fault that may be gone in a moment. Only for these a step tries again, three times in all. */
export class Transient extends Refusal {}
