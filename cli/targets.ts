import { existsSync } from "node:fs";
import { provenBackups } from "../actions/databases/sqlite/backups.ts";
import { appliedRevisions } from "../actions/migrations/sql-files/applied.ts";
import { readAttempt } from "../actions/rollout/attempt.ts";
import { readRelease, relate } from "../actions/source/git.ts";
import { type Plan, planRollout, type Situation } from "../release/plan.ts";
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
  const situation = await situationOf(release, record, settings);
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

/** The rollout that was opened last, where it is not the one that the state knows. */
export function unfinishedOf(
  store: string,
  record: RolloutRecord | undefined,
): { id: string; release: string } | undefined {
  const attempt = readAttempt(store);
  return attempt && attempt.id !== record?.rollout ? attempt : undefined;
}

async function situationOf(
  release: string,
  record: RolloutRecord,
  { repository, store, database }: EnvironmentSettings,
): Promise<Omit<Situation, "wish">> {
  const [candidate, serving] = await Promise.all([
    readRelease(repository, release),
    record.serving === "none" ? undefined : readRelease(repository, record.serving),
  ]);
  const attempt = unfinishedOf(store, record);
  const unfinished =
    attempt === undefined || attempt.release === release
      ? undefined
      : {
          rollout: attempt.id,
          source: await readRelease(repository, attempt.release),
          applied: existsSync(database) ? await appliedRevisions(database) : [],
        };
  const related = await relate(repository, candidate, serving);
  return { candidate, serving, ...related, record, unfinished, backups: provenBackups(store) };
}
