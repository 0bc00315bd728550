import { type Rollout, rolloutsOf, served } from "../../report/rollouts.ts";
import type { RolloutRecord } from "../../release/record.ts";
import { inStore } from "../../release/store.ts";
import { readLedger } from "../../runtime/ledger.ts";
import type { EnvironmentSettings } from "../environment.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { columns, paint, say } from "../say.ts";
import type { Update } from "../stack.ts";
import { wantStoreOf } from "../store.ts";
import { planReturn, targetsOf } from "../targets.ts";

/** One rollout as the history shows it. */
export interface Line {
  readonly number: number;
  readonly rollout: string;
  readonly release: string;
  readonly when: string;
  readonly result: string;
  readonly by: string;
  /** Updates of the stack that it took: more than one for a rollout that was resumed. */
  readonly updates: readonly string[];
  /** How one goes back to it, or why not; empty where that is not the question. */
  readonly back: string;
}

/** Shows the rollouts of an environment, newest first: the stack's own history joined with the ledger. */
export async function history(_: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const { settings } = stack;
  const state = await stack.state();
  wantStoreOf(stack, state);
  const record = state?.record;
  const rollouts = rolloutsOf(readLedger(inStore.ledger(settings.store)));
  const updates = record === undefined && rollouts.length === 0 ? [] : await stack.history();
  const lines = joined(rollouts, updates, record, await waysBack(rollouts, record, settings));
  if (options.json) say(JSON.stringify(lines, undefined, 2));
  else if (lines.length === 0) say(`${stack.name}: nothing was released yet`);
  else for (const line of describe(lines)) say(line);
  return 0;
}

/** Joins by time: the stack's history does not know rollouts, and a killed update is not in it at all. */
export function joined(
  rollouts: readonly Rollout[],
  updates: readonly Update[],
  record: RolloutRecord | undefined,
  back: ReadonlyMap<string, string>,
): Line[] {
  const shown = new Set<string>();
  return [...rollouts].reverse().map((rollout) => {
    const { id, number, release, began, by } = rollout;
    const own = rollout.entries.map((entry) => Date.parse(entry.began));
    const during = updates.filter(({ startTime, endTime }) =>
      // Whole seconds are all that the history keeps.
      own.some((at) => at >= Date.parse(startTime) && at < Date.parse(endTime ?? "9999") + 1000),
    );
    const way = served(rollout) && !shown.has(release) ? (back.get(release) ?? "") : "";
    if (served(rollout)) shown.add(release);
    return {
      ...{ number, rollout: id, release, when: began, result: inWords(rollout, record), by: by.join(", ") },
      updates: during.map((update) => update.message),
      back: way,
    };
  });
}

function inWords(rollout: Rollout, record: RolloutRecord | undefined): string {
  const { id, result, release, failures } = rollout;
  if (id === record?.rollout && record.serving === release) return result === "good" ? "serves" : "serves, not well";
  if (served(rollout)) {
    const left = record?.left[release];
    return left === undefined ? "served" : `served, left by rollback ${left}`;
  }
  return result === "stopped" ? `stopped at ${failures.at(-1)?.step ?? "a step"}` : result;
}

/** For every release that served: how one goes back to it from here. */
async function waysBack(
  rollouts: readonly Rollout[],
  record: RolloutRecord | undefined,
  settings: EnvironmentSettings,
): Promise<Map<string, string>> {
  const ways = new Map<string, string>();
  if (record === undefined) return ways;
  for (const release of targetsOf(rollouts, record)) ways.set(release, await wayTo(release, record, settings));
  return ways;
}

async function wayTo(release: string, record: RolloutRecord, settings: EnvironmentSettings): Promise<string> {
  try {
    const found = await planReturn(release, record, settings);
    if ("refusal" in found) return "no: it cannot be undone, or its backup is gone";
    if (found.plan.direction !== "back") return "";
    return found.restore === undefined ? "yes" : `yes, restoring backup ${found.restore}`;
  } catch {
    return "no: its source is gone";
  }
}

function describe(lines: readonly Line[]): string[] {
  const rows = lines.map((line) => [
    `#${line.number}`,
    line.result.startsWith("serves") ? paint("bold", line.release) : line.release,
    line.when.slice(0, 16).replace("T", " "),
    line.result,
    line.by,
    line.back,
  ]);
  const head = ["", "release", "when (UTC)", "result", "by", "way back"].map((title) => paint("dim", title));
  return columns([head, ...rows]);
}
