import { existsSync, readdirSync } from "node:fs";
import { type GateRecord, readGate } from "../actions/rollout/gate-record.ts";
import { evidenceOf } from "./evidence.ts";

/** What a step of a rollout has decided. */
export interface Gate extends GateRecord {
  readonly step: string;
}

/** The decisions of a rollout's gates, in the order in which they were made. Errors: a record is damaged. */
export function gatesOf(store: string, rollout: string): readonly Gate[] {
  const folder = evidenceOf(store, rollout).path("files");
  const steps = existsSync(folder) ? readdirSync(folder) : [];
  const found = steps.flatMap((step) => {
    const record = readGate(store, rollout, step);
    return record ? [{ step, ...record }] : [];
  });
  // The gate behind a decision has all that the decision had.
  const gates = found.filter(
    ({ step }) => !found.some((one) => one.step === step.replace(/-decision$/, "-gate") && one.step !== step),
  );
  return gates.sort((a, b) => (a.at < b.at ? -1 : 1));
}
