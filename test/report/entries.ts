/** Ledgers as rollouts leave them, without the chain. */
import type { Plan } from "../../release/plan.ts";
import { append, type Entry } from "../../runtime/ledger.ts";

type Given = Partial<Pick<Entry, "kind" | "receipt" | "message" | "by">>;

/** Entries of one rollout, one a minute: step to receipt, or to `{ kind: "failure", message }`. */
export function rollout(
  id: string,
  release: string,
  steps: readonly (readonly [step: string, given: Given])[],
): Entry[] {
  const minute = Number(id.split("-")[0]);
  return steps.map(([step, given], index) => ({
    ...{
      number: index + 1,
      kind: "step",
      rollout: id,
      release,
      step,
      action: "./action",
      fencing: minute,
      seconds: 1.5,
      by: "deploy@web (pid 12)",
    },
    began: `2026-01-02T03:${String(minute).padStart(2, "0")}:${String(index).padStart(2, "0")}.000Z`,
    at: `2026-01-02T03:${String(minute).padStart(2, "0")}:${String(index + 1).padStart(2, "0")}.000Z`,
    ...{ previous: "", digest: "" },
    ...given,
  }));
}

/** What was reviewed of a release v2. */
export const plan: Plan = {
  ...{ release: "v2", commit: "c", from: "v1", direction: "forward", commits: ["abc one"], wayBack: "compatible" },
  ...{ again: "none", restore: "none", rollbackFrom: "none", undo: { before: [], after: [] } },
  before: { kind: "up", migrations: [] },
  after: { kind: "up", migrations: [] },
};

const opened = (id: string) => ["parcel-rollout-open", { receipt: { number: Number(id.split("-")[0]), id } }] as const;
const built = ["parcel-build", { receipt: { digest: "d".repeat(64), commit: "c".repeat(40) } }] as const;
export const downtime = { requests: 71, failed: 0, longestGapMs: 20 };

function decided(decision: string, serving: string, why = "") {
  const receipt = { decision, serving, table: "", why };
  return ["parcel-smoke-decision", { receipt }] as const;
}

export const good = (id: string, release: string): Entry[] =>
  rollout(id, release, [
    opened(id),
    ["parcel-preflight-tag", { receipt: { verdict: "pass", seen: "is annotated", from: "web" } }],
    built,
    ["parcel-backup-take", { receipt: { id: `${id}-backup`, digest: "b", schema: "0001" } }],
    ["parcel-backup-prove", { receipt: { id: `${id}-backup`, digest: "b", schema: "0001", proven: true } }],
    ["parcel-activation", { receipt: { release, reverted: false, downtime } }],
    decided("go", release),
    ["parcel-smoke-gate", { receipt: { decision: "go" } }],
    ["parcel-sign-off", { receipt: { release, commit: "c".repeat(40), artifact: "d".repeat(64), by: "policy" } }],
  ]);

export const takenBack = (id: string, release: string, serving: string): Entry[] =>
  rollout(id, release, [
    opened(id),
    ["parcel-activation", { receipt: { release: serving, reverted: true, downtime } }],
    decided("reverted", serving, "answered 500\n  a log line"),
    ["parcel-smoke-gate", { kind: "failure", message: `${release} was taken back: ${serving} serves.\nNext: mend it` }],
  ]);

export const stays = (id: string, release: string, mended: boolean): Entry[] =>
  rollout(id, release, [
    opened(id),
    decided("stays", release, "the policy leaves it to you"),
    ["parcel-smoke-gate", { kind: "failure", message: "is not well" }],
    ...(mended ? ([["parcel-smoke-gate", { receipt: { decision: "go" } }]] as const) : []),
  ]);

export const stopped = (id: string, release: string): Entry[] =>
  rollout(id, release, [opened(id), ["parcel-preflight-gate", { kind: "failure", message: "is not let through" }]]);

export const cutOff = (id: string, release: string): Entry[] => rollout(id, release, [opened(id), built]);

/** Writes them to a real ledger, which gives them their chain. */
export function appendAll(ledger: string, entries: readonly Entry[]): void {
  for (const { number: _number, at: _at, previous: _previous, digest: _digest, ...happening } of entries)
    append(ledger, happening);
}
