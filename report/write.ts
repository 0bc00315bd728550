import type { Plan } from "../release/plan.ts";
import { inStore } from "../release/store.ts";
import { evidenceOf } from "../runtime/evidence.ts";
import { gatesOf } from "../runtime/gates.ts";
import { readLedger } from "../runtime/ledger.ts";
import { toMarkdown } from "./markdown.ts";
import { makeReport, type Report } from "./report.ts";
import { rolloutsOf } from "./rollouts.ts";

export interface Written {
  readonly report: Report;
  /** Path of the Markdown; the JSON lies beside it. */
  readonly path: string;
}

/** Writes the report of a rollout beside its logs. Undefined when the ledger has no such rollout. */
export function writeReport(
  environment: string,
  store: string,
  id: string,
  plan: Plan | undefined,
): Written | undefined {
  const rollouts = rolloutsOf(readLedger(inStore.ledger(store)));
  const at = rollouts.findIndex((one) => one.id === id);
  const rollout = rollouts[at];
  if (!rollout) return undefined;
  const evidence = evidenceOf(store, id);
  const logOf = (step: string): string | undefined => (evidence.has(`${step}.log`) ? `${step}.log` : undefined);
  // The ledger does not hold what was reviewed; a report that was written while the state did is the one that knows.
  const kept = plan === undefined ? reviewedBefore(evidence) : {};
  const report = {
    ...makeReport({ environment, rollout, earlier: rollouts.slice(0, at), plan, logOf, gates: gatesOf(store, id) }),
    ...kept,
  };
  evidence.write("report.md", toMarkdown(report));
  evidence.write("report.json", `${JSON.stringify(report, undefined, 2)}\n`);
  return { report, path: evidence.path("report.md") };
}

const reviewed = {
  "plan?": { from: "string", commits: ["string"], before: "string", after: "string", wayBack: "string" },
} as const;
const remedy = "Restore it from a copy of the store, or remove it: what was reviewed is then missing in the report";

function reviewedBefore({ read }: ReturnType<typeof evidenceOf>): Pick<Report, "plan"> {
  const { plan } = (read("report.json", reviewed, remedy) ?? {}) as Pick<Report, "plan">;
  return plan === undefined ? {} : { plan };
}
