import { provenBackups } from "../actions/databases/sqlite/backups.ts";
import { situationOf } from "../actions/rollout/situation.ts";
import { readRelease } from "../actions/source/git.ts";
import { type Plan, planRollout } from "../release/plan.ts";
import type { RolloutRecord } from "../release/record.ts";
import { type Rollout, served } from "../report/rollouts.ts";
import type { EnvironmentSettings } from "./environment.ts";

/** A plan to go back, with the wish that makes the pipeline plan the same. */
export interface Return {
  readonly plan: Plan;
  readonly rollbackFrom: string | undefined;
  /** The backup that is restored, where one is. */
  readonly restore: string | undefined;
}

/** Releases that served and are not what serves now, the one that served last first; those that were left are not good. */
export function targetsOf(rollouts: readonly Rollout[], record: RolloutRecord): string[] {
  const releases = rollouts.filter(served).map((rollout) => rollout.release);
  const good = releases.filter((release) => release !== record.serving && record.left[release] === undefined);
  return [...new Set(good.reverse())];
}

/** Plans to go back to a release, as the pipeline will. Returns why it cannot be instead. */
export async function planReturn(
  release: string,
  record: RolloutRecord,
  settings: EnvironmentSettings,
): Promise<Return | { refusal: string }> {
  const candidate = await readRelease(settings.repository, release);
  const situation = { ...(await situationOf(settings, record, candidate)), backups: provenBackups(settings.store) };
  const rollbackFrom = situation.relation === "older" ? record.serving : undefined;
  let refusal = "";
  for (const restore of [undefined, ...situation.backups.map((backup) => backup.id)]) {
    const wish = { configuration: record.configuration, rollbackFrom, restore };
    const planned = planRollout({ ...situation, wish });
    if ("plan" in planned) return { plan: planned.plan, rollbackFrom, restore };
    refusal ||= planned.refusal;
  }
  return { refusal };
}

/** The first of some releases that lies behind what serves, with how one goes back to it, or why that cannot be. */
export async function firstBehind(
  releases: readonly string[],
  record: RolloutRecord,
  settings: EnvironmentSettings,
): Promise<{ release: string; found: Return | { refusal: string } } | undefined> {
  for (const release of releases) {
    const found = await planReturn(release, record, settings);
    if ("refusal" in found || found.plan.direction === "back") return { release, found };
  }
  return undefined;
}
