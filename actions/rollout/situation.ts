import { existsSync } from "node:fs";
import type { Situation, Source } from "../../release/plan.ts";
import type { RolloutRecord } from "../../release/record.ts";
import { Refusal } from "../action.ts";
import { provenBackups } from "../databases/sqlite/backups.ts";
import { appliedRevisions } from "../migrations/sql-files/applied.ts";
import { readRelease, relate, type Repository } from "../source/git.ts";
import { type Attempt, readAttempt } from "./attempt.ts";

/** Where a situation is read from. */
export interface Places {
  readonly repository: Repository;
  readonly store: string;
  /** The database's file. */
  readonly database: string;
}

/** What a plan for `candidate` must know. Reads only. Errors: what was left half done is known to no release any more. */
export async function situationOf(
  { repository, store, database }: Places,
  record: RolloutRecord | undefined,
  candidate: Source,
): Promise<Omit<Situation, "wish">> {
  const serves = record && record.serving !== "none" ? record.serving : undefined;
  const serving =
    serves === undefined ? undefined : serves === candidate.release ? candidate : await readRelease(repository, serves);
  const { relation, commits } = await relate(repository, candidate, serving);
  const attempt = unfinishedAttempt(store, record);
  const known = [candidate, ...(serving ? [serving] : [])];
  const applied = attempt && existsSync(database) ? await appliedRevisions(database) : undefined;
  const unfinished = attempt && (await leftBy(attempt, applied ?? [], { repository, database, known }));
  // Looked for only where one may be needed: every preview runs this.
  const backups = relation === "older" || unfinished ? provenBackups(store) : [];
  const interrupted = attempt !== undefined;
  return { candidate, serving, relation, commits, record, interrupted, applied, unfinished, backups };
}

/** The rollout that was opened last, where it is not the one on record. */
export function unfinishedAttempt(store: string, record: RolloutRecord | undefined): Attempt | undefined {
  const attempt = readAttempt(store);
  return attempt && attempt.id !== record?.rollout ? attempt : undefined;
}

/** What a rollout that was cut off has left in the database and nobody else knows, whatever the state believes. */
async function leftBy(
  { id, release }: Attempt,
  applied: readonly string[],
  { repository, database, known }: Pick<Places, "repository" | "database"> & { readonly known: readonly Source[] },
): Promise<Situation["unfinished"]> {
  const stray = applied.filter((revision) => !known.some((one) => hasRevision(one, revision)));
  if (stray.length === 0) return undefined;
  const left = await readRelease(repository, release);
  if (stray.every((revision) => hasRevision(left, revision))) return { rollout: id, source: left };
  throw new Refusal(
    `${database}: has migration ${stray.join(", ")}, which neither ${release} (rollout ${id}) nor what serves knows. Release a version that has it.`,
  );
}

const hasRevision = ({ migrations }: Source, revision: string): boolean =>
  migrations.some((migration) => migration.revision === revision);
