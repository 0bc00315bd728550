import { deflateRawSync } from "node:zlib";
import type { Plan } from "./plan.ts";

/** What the stack remembers of its last rollout: an output, and the next rollout's starting point. */
export interface RolloutRecord {
  readonly rollout: string;
  /** Id of the store it was opened in, where its backups and its ledger are. Absent before stores had one. */
  readonly store?: string;
  /** The rollout before it that did not end well, `none` for none. */
  readonly after: string;
  /** The release that was asked for. */
  readonly asked: string;
  readonly configuration: string;
  /** The release that serves, `none` for none. */
  readonly serving: string;
  /** `bad`: it was taken back. `stays`: it serves, whatever its checks say. */
  readonly ended: "good" | "stays" | "bad";
  /** Releases that a person went back from, and the rollout that did. */
  readonly left: Readonly<Record<string, string>>;
  readonly plan: Plan;
}

/** The record as a stack's output: the plan, which nobody reads there, in one word. */
export type PackedRecord = Omit<RolloutRecord, "plan"> & { readonly plan: string };

export function packRecord({ plan, ...rest }: RolloutRecord): PackedRecord {
  return { ...rest, plan: deflateRawSync(JSON.stringify(plan)).toString("base64url") };
}

/** The rollout that the next one comes after: asking for the same again after a bad end is another rollout. */
export const afterOf = (last: RolloutRecord | undefined): string =>
  last === undefined ? "none" : last.ended === "bad" ? last.rollout : last.after;

/** Who left what, once a rollout has ended. */
export function leftAfter(
  last: RolloutRecord | undefined,
  plan: Plan,
  rollout: string,
  serving: string,
): RolloutRecord["left"] {
  const { [plan.release]: _, ...left } = last?.left ?? {};
  return plan.direction === "back" && serving === plan.release ? { ...left, [plan.from]: rollout } : left;
}
