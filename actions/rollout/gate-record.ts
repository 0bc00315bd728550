import { join } from "node:path";
import { decideGate, type GateDecision, type Judged } from "../../release/gate.ts";
import { inStore } from "../../release/store.ts";
import type { Context } from "../action.ts";
import { readJson, type Shape } from "../json-file.ts";

/** What a gate has decided, by which verdicts: evidence. */
export interface GateRecord {
  readonly release: string;
  readonly rollout: string;
  readonly at: string;
  readonly decision: GateDecision["decision"];
  readonly checks: readonly Judged[];
}

const file = "gate.json";

/** Writes down what was decided, in the step's evidence. */
export function recordGate(
  { keep, release, rollout }: Pick<Context, "keep" | "release" | "rollout">,
  decision: GateDecision["decision"],
  checks: readonly Judged[],
): void {
  const record: GateRecord = { release, rollout, at: new Date().toISOString(), decision, checks };
  keep(file, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Decides by the verdicts, and writes it down. */
export function decideAndRecord(context: Parameters<typeof recordGate>[0], judged: readonly Judged[]): GateDecision {
  const decided = decideGate(judged);
  recordGate(context, decided.decision, judged);
  return decided;
}

const shape: Shape = {
  ...{ release: "string", rollout: "string", at: "string", decision: /^(go|no|unclear)$/ },
  checks: [
    {
      ...{ name: "string", verdict: /^(pass|warn|fail|unknown)$/, seen: "string", blocks: "boolean" },
      ...{ "noGo?": "boolean", "waiver?": { reason: "string", by: "string" } },
    },
  ],
};

/** What a step has decided in a rollout; undefined where it has not. Errors: the record is damaged. */
export function readGate(store: string, rollout: string, step: string): GateRecord | undefined {
  const path = join(inStore.evidence(store, rollout), "files", step, file);
  return readJson(path, shape, "It is evidence: restore it from a copy of the store") as GateRecord | undefined;
}
