import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Refusal } from "../actions/action.ts";
import { provenBackups } from "../actions/databases/sqlite/backups.ts";
import { appliedRevisions } from "../actions/migrations/sql-files/applied.ts";
import { readAttempt } from "../actions/rollout/attempt.ts";
import { checkRepository, readRelease, relate } from "../actions/source/git.ts";
import { type Plan, planRollout, type Situation, type Source } from "../release/plan.ts";
import { afterOf, type RolloutRecord } from "../release/record.ts";
import { type Config, configurationDigest } from "./config.ts";

/** Everything a pipeline must know before it can be written down. */
export interface Planning {
  readonly plan: Plan;
  readonly record: RolloutRecord | undefined;
  readonly configuration: string;
  readonly after: string;
  /** Whether anything is asked for that the last rollout has not done. */
  readonly isNew: boolean;
}

/**
 * Plans the rollout that the configuration asks for, from the stack's own last outputs, the source and the store. Reads
 * only. Errors: there can be no such rollout; the message says why, and what to do.
 */
export async function planRelease(config: Config): Promise<Planning> {
  try {
    const record = await lastRecord();
    const configuration = configurationDigest(config);
    const planned = planRollout(await situationOf(config, record, configuration));
    if ("refusal" in planned) throw new Refusal(planned.refusal);
    return { plan: planned.plan, record, configuration, after: afterOf(record), isNew: planned.plan !== record?.plan };
  } catch (error) {
    if (error instanceof Refusal) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** The stack's own last outputs: the state is the memory. Undefined before the first rollout. */
async function lastRecord(): Promise<RolloutRecord | undefined> {
  const own = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const details: { value?: unknown } = await new pulumi.StackReference(own).getOutputDetails("record");
  return details.value as RolloutRecord | undefined;
}

async function situationOf(
  config: Config,
  record: RolloutRecord | undefined,
  configuration: string,
): Promise<Situation> {
  const repository = { path: config.source.repository, migrations: config.source.migrations };
  await checkRepository(repository);
  const serves = record && record.serving !== "none" ? record.serving : undefined;
  const [candidate, serving] = await Promise.all([
    readRelease(repository, config.release),
    serves === undefined ? undefined : readRelease(repository, serves),
  ]);
  const [{ relation, commits }, unfinished] = await Promise.all([
    relate(repository, candidate, serving),
    unfinishedAttempt(config, record, (release) => readRelease(repository, release)),
  ]);
  const { rollbackFrom, again, restore } = config;
  return {
    ...{ candidate, serving, relation, commits, record, unfinished },
    wish: { configuration, rollbackFrom, again, restore },
    // Looked for only where one may be needed: every preview runs this.
    backups: relation === "older" || unfinished ? provenBackups(config.environment.store) : [],
  };
}

/** A rollout of another release that was cut off: its migrations may be applied, whatever the state believes. */
async function unfinishedAttempt(
  config: Config,
  record: RolloutRecord | undefined,
  read: (release: string) => Promise<Source>,
): Promise<Situation["unfinished"]> {
  const attempt = readAttempt(config.environment.store);
  if (!attempt || attempt.id === record?.rollout || attempt.release === config.release) return undefined;
  const { path } = config.database;
  const applied = existsSync(path) ? await appliedRevisions(path) : [];
  return { rollout: attempt.id, source: await read(attempt.release), applied };
}
