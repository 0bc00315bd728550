import { inWords } from "../release/summary.ts";
import type { Plan } from "../release/plan.ts";
import { inStore } from "../release/store.ts";
import { rolloutsOf } from "../report/rollouts.ts";
import { readLedger } from "../runtime/ledger.ts";
import type { EnvironmentSettings } from "./environment.ts";
import type { State } from "./state.ts";
import { firstBehind, targetsOf } from "./targets.ts";

/**
 * The way back from what serves now. The state has the last rollout's; where that one was taken back, or was the same
 * release once more, the release that served before is looked for.
 */
export async function wayBackFrom(state: State | undefined, settings: EnvironmentSettings): Promise<State["wayBack"]> {
  const { record, wayBack } = state ?? {};
  if (record === undefined) return undefined;
  if (wayBack?.command !== "" && record.plan.from !== record.serving) return wayBack;
  const targets = targetsOf(rolloutsOf(readLedger(inStore.ledger(settings.store))), record);
  const behind = await firstBehind(targets, record, settings);
  if (behind === undefined) return { how: "there is no other release to go back to", command: "" };
  const { release, found } = behind;
  if ("refusal" in found) return { how: found.refusal, command: "" };
  return { how: describeReturn(found.plan), command: `switchback rollback ${release}` };
}

function describeReturn({ release, before, after }: Plan): string {
  const works = [before, after].map(inWords);
  const [first = "nothing", last = "nothing"] = works;
  if (works.every((work) => work === "nothing")) return `code of ${release}; the schema stays`;
  return [first, `code of ${release}`, last].filter((work) => work !== "nothing").join(", then ");
}
