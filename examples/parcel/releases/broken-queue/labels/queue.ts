import type { DatabaseSync } from "node:sqlite";

export interface Job {
  readonly id: number;
  readonly kind: string;
  /** Null for a probe. */
  readonly orderId: number | null;
  readonly attempts: number;
}

const mostAttempts = 5;

/** What became of a probe, and the release whose worker did it. */
export interface ProbeResult {
  readonly id: string;
  readonly done: boolean;
  readonly release: string | null;
}

export function enqueue(database: DatabaseSync, kind: string, orderId: number, now: string): void {
  database.prepare("INSERT INTO jobs (kind, order_id, run_after) VALUES (?, ?, ?)").run(kind, orderId, now);
}

/** The job that waits longest. Reading alone: an idle worker never writes. */
export function nextJob(database: DatabaseSync, now: string): Job | undefined {
  const sql = `SELECT id, kind, order_id AS orderId, attempts FROM jobs
    WHERE kind = 'label' AND done_at IS NULL AND run_after <= ? AND attempts < ${mostAttempts} ORDER BY id LIMIT 1`;
  return database.prepare(sql).get(now) as Job | undefined;
}

/** A job that does nothing but to be done: whoever asks whether the worker works asks for one. */
export function enqueueProbe(database: DatabaseSync, id: string, now: string): void {
  database.prepare("INSERT INTO jobs (kind, subject, run_after) VALUES ('probe', ?, ?)").run(id, now);
}

export function probeResult(database: DatabaseSync, id: string): ProbeResult {
  const sql = "SELECT done_by AS release FROM jobs WHERE kind = 'probe' AND subject = ? ORDER BY id DESC LIMIT 1";
  const release = (database.prepare(sql).get(id)?.release ?? null) as string | null;
  return { id, done: release !== null, release };
}

export function markDone(database: DatabaseSync, job: Job, now: string, release: string): void {
  database.prepare("UPDATE jobs SET done_at = ?, done_by = ?, error = NULL WHERE id = ?").run(now, release, job.id);
}

/** A job that failed is tried again later: after 2, 4, 8 and 16 seconds. */
export function markFailed(database: DatabaseSync, job: Job, reason: string): void {
  const later = new Date(Date.now() + 1000 * 2 ** (job.attempts + 1)).toISOString();
  const sql = "UPDATE jobs SET attempts = attempts + 1, error = ?, run_after = ? WHERE id = ?";
  database.prepare(sql).run(reason, later, job.id);
}

export function countJobs(database: DatabaseSync): { waiting: number; failed: number } {
  const sql = `SELECT count(*) FILTER (WHERE attempts < ${mostAttempts}) AS waiting,
    count(*) FILTER (WHERE attempts >= ${mostAttempts}) AS failed FROM jobs WHERE done_at IS NULL`;
  return database.prepare(sql).get() as unknown as { waiting: number; failed: number };
}
