import type { Entry } from "../runtime/ledger.ts";
import { readReceipt, type Seen } from "./receipts.ts";

/** How a rollout ended, as far as the ledger knows. `cut off`: it neither came to a decision nor failed. */
export type Result = "good" | "taken back" | "stays, not well" | "stopped" | "cut off";

/** One rollout, put together from the ledger's entries. */
export interface Rollout extends Seen {
  readonly id: string;
  readonly number: number;
  /** The release that was asked for. */
  readonly release: string;
  readonly began: string;
  readonly ended: string;
  readonly by: readonly string[];
  readonly result: Result;
  /** What went wrong, newest last; empty for nothing. */
  readonly failures: readonly { readonly step: string; readonly message: string }[];
  readonly entries: readonly Entry[];
}

/** The rollouts of a ledger, oldest first. */
export function rolloutsOf(entries: readonly Entry[]): Rollout[] {
  const grouped = Map.groupBy(
    entries.filter((entry) => entry.rollout !== ""),
    (entry) => entry.rollout,
  );
  return [...grouped].map(([id, own]) => rolloutOf(id, own));
}

function rolloutOf(id: string, entries: readonly Entry[]): Rollout {
  const seen = entries.reduce<Seen>((known, { receipt }) => ({ ...known, ...readReceipt(receipt) }), {});
  const failures = entries.flatMap(({ kind, step, message = "" }) => (kind === "failure" ? [{ step, message }] : []));
  const began = entries.map((entry) => entry.began).sort();
  return {
    ...seen,
    id,
    number: Number(id.split("-")[0]),
    release: entries[0]?.release ?? "",
    began: began[0] ?? "",
    ended: entries.at(-1)?.at ?? "",
    by: [...new Set(entries.map(({ by }) => by.replace(/ \(pid \d+\)$/, "")))],
    result: resultOf(entries, seen),
    failures,
    entries,
  };
}

function resultOf(entries: readonly Entry[], { decision }: Seen): Result {
  const decided = entries.findLastIndex(({ receipt }) => readReceipt(receipt).decision !== undefined);
  const last = entries.at(-1);
  if (decision === undefined) return last?.kind === "failure" ? "stopped" : "cut off";
  if (decision.decision === "reverted") return "taken back";
  // It stayed in spite of its checks; that the gate passed later says that somebody mended it.
  const passed = entries.slice(decided + 1).some(({ receipt }) => readReceipt(receipt).gate === "go");
  return decision.decision === "go" || passed ? "good" : "stays, not well";
}

/** Whether its release served when it ended: what one can go back to. */
export const served = ({ decision, release }: Rollout): boolean =>
  decision !== undefined && decision.decision !== "reverted" && decision.serving === release;
