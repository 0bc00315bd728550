import { join } from "node:path";
import { databaseFile } from "../../actions/databases/sqlite/backup.ts";
import { readBackup } from "../../actions/databases/sqlite/prove.ts";
import { lossesOfRestoring } from "../../actions/databases/sqlite/replaced.ts";
import type { RolloutRecord } from "../../release/record.ts";
import { inStore } from "../../release/store.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { readLease } from "../../runtime/lease.ts";
import { readLedger } from "../../runtime/ledger.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { propose } from "../perform.ts";
import { Problem } from "../problem.ts";
import { commandName, paint } from "../say.ts";
import type { Stack } from "../stack.ts";
import { unfinishedAttempt } from "../../actions/rollout/situation.ts";
import { wantStoreOf } from "../store.ts";
import { firstBehind, planReturn, targetsOf } from "../targets.ts";

export interface RollbackOptions extends CommonOptions {
  readonly yes?: boolean;
}

/** Goes back to a release that served: shows what that means, asks, and runs the pipeline with it. */
export async function rollback(wanted: string | undefined, options: RollbackOptions): Promise<number> {
  const stack = openStack(options);
  const state = await stack.state();
  const record = state?.record;
  if (record === undefined)
    throw new Problem(`${stack.name}: nothing was released yet, so there is nothing to go back to.`);
  wantStoreOf(stack, state);
  const { serving, plan } = record;
  if (isUnended(stack.settings.store, record) && (wanted ?? serving) === serving) {
    const { rollbackFrom, restore, again } = plan;
    return propose({
      stack,
      changes: { release: serving, rollbackFrom: asked(rollbackFrom), restore: asked(restore), again: asked(again) },
      asked: serving,
      question: `Finish going back to ${serving}?`,
      yes: options.yes,
      json: options.json,
    });
  }
  const release = await chooseTarget(wanted, stack, record);
  const found = await planReturn(release, record, stack.settings);
  if ("refusal" in found) throw new Problem(found.refusal);
  if (found.plan.direction === "forward") {
    throw new Problem(
      `rollback ${release}: is newer than ${record.serving}, which serves. To release it: switchback up --release ${release}`,
    );
  }
  const { rollbackFrom, restore } = found;
  const loss = restore === undefined ? undefined : await lossOf(stack, restore);
  const loses = loss !== undefined && loss.lost !== "no rows";
  return propose({
    stack,
    changes: { release, rollbackFrom, restore, again: undefined },
    asked: release,
    remarks:
      loss === undefined
        ? []
        : [
            ["restores", loss.restores],
            ["loses", loses ? paint("red", loss.lost) : loss.lost],
          ],
    question: `Go back to ${release}${loses ? `, and lose ${loss.lost}` : ""}?`,
    yes: options.yes,
    json: options.json,
  });
}

/** Whether the rollback on record was cut off in its last step: what is left to do is its end, and nothing is gone back from. */
function isUnended(store: string, { plan, rollout }: RolloutRecord): boolean {
  if (plan.direction !== "back") return false;
  const lease = readLease(store);
  return lease?.opened === rollout && lease.ended !== rollout;
}

/** What a plan says was asked for, as configuration has it. */
const asked = (value: string): string | undefined => (value === "none" ? undefined : value);

/** Errors: the release never served, serves now, or was left; the message names those that can be gone back to. */
async function chooseTarget(wanted: string | undefined, stack: Stack, record: RolloutRecord): Promise<string> {
  const { store } = stack.settings;
  const targets = targetsOf(rolloutsOf(readLedger(inStore.ledger(store))), record);
  const list =
    targets.length === 0 ? "There is no other release to go back to." : `One can go back to: ${targets.join(", ")}`;
  // A rollout that was cut off may have changed what serves: going back is then to what the state knows.
  const unfinished = unfinishedAttempt(store, record);
  const { serving } = record;
  if (unfinished && serving !== "none" && (wanted ?? serving) === serving) return serving;
  if (wanted === serving) throw new Problem(`rollback ${wanted}: ${wanted} serves already. ${list}`);
  const target = wanted ?? (await firstBehind(targets, record, stack.settings))?.release;
  if (target === undefined) throw new Problem(`rollback: ${serving} serves. ${list}`);
  if (targets.includes(target)) return target;
  const left = record.left[target];
  if (left !== undefined) {
    throw new Problem(
      `rollback ${target}: was left by rollback ${left}. ${list}\nTo release it all the same: ${commandName()} up --release ${target} --again`,
    );
  }
  throw new Problem(`rollback ${target}: never served here. ${list}`);
}

/** What a restore brings back, and which rows written since it would lose as things are now. */
async function lossOf(stack: Stack, backup: string): Promise<{ restores: string; lost: string }> {
  const { store, database } = stack.settings;
  const { takenAt, release, provenAt = "never" } = readBackup(store, backup);
  const lost = await lossesOfRestoring([database], join(inStore.backup(store, backup), databaseFile));
  return { restores: `backup ${backup} of ${release}, taken ${takenAt}, proven ${provenAt}`, lost };
}
