import type { Plan } from "../release/plan.ts";
import { describeWayBack, inWords } from "../release/summary.ts";
import type { Gate } from "../runtime/gates.ts";
import type { Entry } from "../runtime/ledger.ts";
import { verdictOf } from "./receipts.ts";
import { type Rollout, served } from "./rollouts.ts";

/** One thing that a rollout did. */
export interface ReportedStep {
  readonly step: string;
  readonly began: string;
  readonly seconds: number;
  readonly outcome: "done" | "failed";
  readonly verdict?: string;
  /** What a check saw, or what went wrong. */
  readonly seen?: string;
  /** Path of its log, where it wrote one. */
  readonly log?: string;
  /** Paths of what it has kept: screenshots, reports of tests. */
  readonly files?: readonly string[];
}

/** Everything that is known of one rollout: the evidence of a release, as data. */
export interface Report {
  readonly environment: string;
  readonly release: string;
  readonly rollout: string;
  readonly result: Rollout["result"];
  readonly serving: string;
  readonly why: string;
  readonly began: string;
  readonly ended: string;
  readonly by: readonly string[];
  readonly commit?: string;
  readonly artifact?: string;
  readonly plan?: {
    readonly from: string;
    readonly commits: readonly string[];
    readonly before: string;
    readonly after: string;
    readonly wayBack: string;
  };
  readonly backup?: Rollout["backup"];
  readonly downtime?: Rollout["downtime"];
  readonly signOff?: Rollout["signOff"];
  /** What its gates have decided, with what was waived by whom. */
  readonly gates: readonly Gate[];
  readonly steps: readonly ReportedStep[];
}

export interface Material {
  readonly environment: string;
  readonly rollout: Rollout;
  /** The rollouts before it, oldest first. */
  readonly earlier: readonly Rollout[];
  readonly plan?: Plan | undefined;
  /** Path of a step's log; undefined for none. */
  readonly logOf: (step: string) => string | undefined;
  readonly gates: readonly Gate[];
}

export function makeReport({ environment, rollout, earlier, plan, logOf, gates }: Material): Report {
  const { id, release, result, began, ended, by, decision, commit, artifact, backup, downtime, signOff } = rollout;
  return {
    environment,
    release,
    rollout: id,
    result,
    serving: decision?.serving ?? earlier.findLast((one) => one.decision !== undefined)?.decision?.serving ?? "none",
    why: decision?.why ?? rollout.failures.at(-1)?.message ?? "",
    ...{ began, ended, by },
    ...(commit === undefined ? {} : { commit }),
    ...(artifact === undefined ? {} : { artifact }),
    ...(plan === undefined ? {} : { plan: planned(plan) }),
    ...(backup === undefined ? {} : { backup }),
    ...(downtime === undefined || (plan?.from === "none" && served(rollout)) ? {} : { downtime }),
    ...(signOff === undefined ? {} : { signOff }),
    gates,
    steps: rollout.entries.map((entry) => reported(entry, logOf)),
  };
}

function planned(plan: Plan): NonNullable<Report["plan"]> {
  const { from, commits, before, after } = plan;
  return { from, commits, before: inWords(before), after: inWords(after), wayBack: describeWayBack(plan) };
}

function reported({ step, began, seconds, kind, receipt, message }: Entry, logOf: Material["logOf"]): ReportedStep {
  const verdict = verdictOf(receipt);
  const log = logOf(step);
  return {
    ...{ step, began, seconds, outcome: kind === "step" ? "done" : "failed" },
    ...verdict,
    ...(message === undefined ? {} : { seen: message }),
    ...(log === undefined ? {} : { log }),
  };
}
