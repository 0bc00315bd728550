import { createHash } from "node:crypto";
import type { Artifact } from "../artifact/archive.ts";
import { defineAction, Refusal } from "../action.ts";
import type { Passed } from "./gate.ts";
import { readGate } from "./gate-record.ts";

interface Args {
  readonly environment: string;
  readonly workOrder?: string | undefined;
  /** The step of the gate whose answers are certified. */
  readonly gate: string;
}

interface Needs {
  readonly GATE: Passed;
  readonly ARTIFACT: Artifact;
}

/** A certificate, as the ledger keeps it. */
export interface Certified {
  /** Path among the rollout's evidence. */
  readonly certificate: string;
  readonly sha256: string;
}

/** Writes down that a release was seen to be as it should, by which answers: a page for people, in the evidence. */
export const certify = defineAction<Args, Needs, Certified>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      environment: z.string().min(1),
      workOrder: z.string().min(1).optional(),
      gate: z.string().min(1),
    }),
  run: ({ environment, workOrder, gate }, context) => {
    const { release, rollout, needs, store, fencing } = context;
    const record = readGate(store, rollout, gate);
    if (record?.decision !== "go") throw new Refusal(`the gate ${gate} has left no record that it said go`);
    const rows = record.checks.map(({ name, verdict, seen, waiver }) => {
      const remark = waiver ? `, waived by ${waiver.by}: ${waiver.reason}` : "";
      return `| ${[name, verdict + remark, seen].map(cell).join(" | ")} |`;
    });
    const text = [
      `# Certificate: ${release} on ${environment}`,
      "",
      ...(workOrder === undefined ? [] : [`- **Work order:** ${workOrder}`]),
      `- **Commit:** ${needs.ARTIFACT.commit}`,
      `- **Artifact:** sha256 ${needs.ARTIFACT.digest}`,
      `- **Rollout:** ${rollout}`,
      `- **Ledger:** entry ${fencing.ledger.entry}, sha256 ${fencing.ledger.digest}`,
      `- **Certified:** ${record.at}, by the gate ${gate}`,
      "",
      "| check | answer | seen |",
      "|---|---|---|",
      ...rows,
      "",
    ].join("\n");
    const certificate = context.keep("certificate.md", text);
    context.tell(`${release} is certified: ${certificate}`);
    return Promise.resolve({ certificate, sha256: createHash("sha256").update(text).digest("hex") });
  },
});

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
