import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Refusal } from "../actions/action.ts";
import { provenBackups } from "../actions/databases/sqlite/backups.ts";
import { appliedRevisions } from "../actions/migrations/sql-files/applied.ts";
import { type Attempt, readAttempt } from "../actions/rollout/attempt.ts";
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
    const repository = { path: config.source.repository, migrations: config.source.migrations };
    // Side by side, because every preview waits for them.
    const [record, candidate] = await Promise.all([
      lastRecord(),
      checkRepository(repository).then(() => readRelease(repository, config.release)),
    ]);
    const configuration = configurationDigest(config);
    const planned = planRollout(await situationOf(config, record, candidate, configuration));
    if ("refusal" in planned) throw new Refusal(planned.refusal);
    return { plan: planned.plan, record, configuration, after: afterOf(record), isNew: planned.plan !== record?.plan };
  } catch (error) {
    if (error instanceof Refusal) throw new pulumi.RunError(error.message);
    // A folder that is a file, a disk that cannot be read: not ours, and no use for a stack trace.
    if (error instanceof Error && "syscall" in error) {
      throw new pulumi.RunError(
        `the store ${config.environment.store} cannot be used: ${error.message}. Mend it, or name another one in switchback:environment.store`,
      );
    }
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
  candidate: Source,
  configuration: string,
): Promise<Situation> {
  const repository = { path: config.source.repository, migrations: config.source.migrations };
  const serves = record && record.serving !== "none" ? record.serving : undefined;
  const serving =
    serves === undefined ? undefined : serves === candidate.release ? candidate : await readRelease(repository, serves);
  const { relation, commits } = await relate(repository, candidate, serving);
  const { store } = config.environment;
  const attempt = readAttempt(store);
  const interrupted = attempt !== undefined && attempt.id !== record?.rollout;
  const known = [candidate, ...(serving ? [serving] : [])];
  const unfinished = interrupted ? await unfinishedRollout(attempt, config, known) : undefined;
  const { rollbackFrom, again, restore } = config;
  return {
    ...{ candidate, serving, relation, commits, record, interrupted, unfinished },
    wish: { configuration, rollbackFrom, again, restore },
    // Looked for only where one may be needed: every preview runs this.
    backups: relation === "older" || unfinished ? provenBackups(store) : [],
  };
}

/** What a rollout that was cut off has left in the database and nobody else knows, whatever the state believes. */
async function unfinishedRollout(
  { id, release }: Attempt,
  { database, source }: Config,
  known: readonly Source[],
): Promise<Situation["unfinished"]> {
  const applied = existsSync(database.path) ? await appliedRevisions(database.path) : [];
  const stray = applied.filter((revision) => !known.some((one) => hasRevision(one, revision)));
  if (stray.length === 0) return undefined;
  const left = await readRelease({ path: source.repository, migrations: source.migrations }, release);
  if (stray.every((revision) => hasRevision(left, revision))) return { rollout: id, source: left, applied };
  throw new Refusal(
    `${database.path}: has migration ${stray.join(", ")}, which neither ${release} (rollout ${id}) nor what serves knows`,
  );
}

const hasRevision = ({ migrations }: Source, revision: string): boolean =>
  migrations.some((migration) => migration.revision === revision);
