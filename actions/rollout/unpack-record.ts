import { inflateRawSync } from "node:zlib";
import type { Plan, SchemaWork } from "../../release/plan.ts";
import type { PackedRecord, RolloutRecord } from "../../release/record.ts";
import { Refusal } from "../action.ts";
import { misfit, parseJson, type Shape } from "../json-file.ts";

/** Far more than any plan: a few bytes can be packed that would fill the memory. */
const mostBytes = 64 * 1024 * 1024;

const recordShape: Shape = {
  ...{ rollout: "string", "store?": "string", after: "string", asked: "string", configuration: "string" },
  ...{ serving: "string", ended: /^(good|stays|bad)$/, left: { "*": "string" }, plan: "string" },
};

const planShape: Shape = {
  ...{ release: "string", commit: "string", from: "string", direction: /^(first|forward|back|again)$/ },
  commits: ["string"],
  before: { kind: /^(up|down|restore)$/ },
  after: { kind: /^(up|down|restore)$/ },
  wayBack: /^(compatible|reversible|restore|none|nothing)$/,
  undo: { before: ["string"], after: ["string"] },
  ...{ again: "string", restore: "string", rollbackFrom: "string" },
};

const workShapes: Readonly<Record<SchemaWork["kind"], Shape>> = {
  up: { migrations: [{ revision: "string", name: "string", change: "string", wayBack: "string", digest: "string" }] },
  down: { revisions: ["string"] },
  restore: { backup: "string" },
};

/** What a stack's output holds of its last rollout, see `packRecord`. Errors: it is damaged, or nothing of ours. */
export function unpackRecord(output: unknown): RolloutRecord {
  const damaged = misfit(output, recordShape, "record");
  if (damaged !== undefined) throw refusal(damaged);
  const { plan: packed, ...rest } = output as PackedRecord;
  const plan = parseJson(inflated(packed));
  const wrong = plan === undefined ? "record.plan cannot be unpacked" : misfitOfPlan(plan);
  if (wrong !== undefined) throw refusal(wrong);
  return { ...rest, plan: plan as Plan };
}

/** Empty for what was never packed. */
function inflated(packed: string): string {
  try {
    return inflateRawSync(Buffer.from(packed, "base64url"), { maxOutputLength: mostBytes }).toString("utf8");
  } catch {
    return "";
  }
}

function misfitOfPlan(value: unknown): string | undefined {
  const wrong = misfit(value, planShape, "record.plan");
  if (wrong !== undefined) return wrong;
  const { before, after } = value as Plan;
  return (
    misfit(before, workShapes[before.kind], "record.plan.before") ??
    misfit(after, workShapes[after.kind], "record.plan.after")
  );
}

const refusal = (wrong: string): Refusal =>
  new Refusal(
    `the stack's state: what it remembers of the last rollout is damaged: ${wrong}. Put the state back from a copy: pulumi stack import --file COPY`,
  );
