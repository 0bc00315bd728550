import { gravest, type Migration, type WayBack } from "./migrations.ts";
import type { RolloutRecord } from "./record.ts";

/** A release as its source tells it. */
export interface Source {
  readonly release: string;
  readonly commit: string;
  readonly migrations: readonly Migration[];
}

/** How the release asked for lies to the one that serves, by their histories. */
export type Relation = "first" | "same" | "newer" | "older" | "apart";

/** What is asked for, beyond the release itself. */
export interface Wish {
  readonly configuration: string;
  readonly rollbackFrom?: string | undefined;
  readonly again?: string | undefined;
  readonly restore?: string | undefined;
}

/** A proven backup in the store. */
export interface KnownBackup {
  readonly id: string;
  readonly schema: string;
  readonly takenAt: string;
}

/** Work on the schema in one of its two places: before the switch of code, or after it. */
export type SchemaWork =
  | { readonly kind: "up"; readonly migrations: readonly Migration[] }
  | { readonly kind: "down"; readonly revisions: readonly string[] }
  | { readonly kind: "restore"; readonly backup: string };

/** A reviewed rollout: everything that is decided before anything is done. */
export interface Plan {
  readonly release: string;
  readonly commit: string;
  /** The release that serves while it is planned, `none` for none. */
  readonly from: string;
  readonly direction: "first" | "forward" | "back" | "again";
  readonly commits: readonly string[];
  readonly before: SchemaWork;
  readonly after: SchemaWork;
  /** How one gets back from here; undefined when there is nothing to go back to. */
  readonly wayBack: WayBack | "nothing";
  /** Revisions the way back takes down, newest first, before and after it switches the code. */
  readonly undo: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly again: string;
  readonly restore: string;
  readonly rollbackFrom: string;
}

export interface Situation {
  readonly candidate: Source;
  /** The release that serves, as its source tells it. */
  readonly serving: Source | undefined;
  readonly relation: Relation;
  readonly commits: readonly string[];
  readonly record: RolloutRecord | undefined;
  readonly wish: Wish;
  /** Whether a rollout was opened after the one on record: what that one did may no longer be what is there. */
  readonly interrupted?: boolean;
  /** What the database has, where a rollout was interrupted: it may have taken back what the serving release needs. */
  readonly applied?: readonly string[] | undefined;
  /** A rollout that was begun and never ended, of another release, and has left migrations nobody else knows. */
  readonly unfinished?: { readonly rollout: string; readonly source: Source } | undefined;
  readonly backups: readonly KnownBackup[];
}

/** Plans a rollout, or says in one sentence or two why there can be none and what to do instead. */
export function planRollout(situation: Situation): { plan: Plan } | { refusal: string } {
  const { record, candidate, wish } = situation;
  if (isRepetition(situation) && record) return { plan: record.plan };
  const refusal = refuse(situation);
  if (refusal !== undefined) return { refusal };
  const direction = directionOf(situation);
  const undone = undoneBy(situation);
  const mixture = refuseMixture(situation, undone);
  if (mixture !== undefined) return { refusal: mixture };
  const schema = undone.length > 0 ? goBack(situation, undone) : goForward(situation);
  if ("refusal" in schema) return schema;
  const base = {
    release: candidate.release,
    commit: candidate.commit,
    from: situation.serving?.release ?? "none",
    direction,
    commits: situation.commits,
    again: wish.again ?? "none",
    restore: wish.restore ?? "none",
    rollbackFrom: direction === "back" ? (wish.rollbackFrom ?? "none") : "none",
  };
  return { plan: { ...base, ...schema, ...wayBackOf(situation, direction) } };
}

/** The very rollout that ended last: it is planned as it was, so that nothing runs again. */
function isRepetition({ record, candidate, wish, interrupted, unfinished }: Situation): boolean {
  if (!record || record.ended === "bad" || interrupted || unfinished) return false;
  const asked = wish.again !== undefined && wish.again === record.rollout;
  return (
    record.asked === candidate.release &&
    record.plan.commit === candidate.commit &&
    record.configuration === wish.configuration &&
    !asked
  );
}

function directionOf({ relation }: Situation): Plan["direction"] {
  return ({ first: "first", same: "again", newer: "forward", older: "back", apart: "forward" } as const)[relation];
}

function refuse({ candidate, serving, relation, record, wish }: Situation): string | undefined {
  const { release } = candidate;
  const now = serving?.release ?? "none";
  const forget = "pulumi config rm switchback:rollbackFrom";
  if (relation === "apart") {
    return `${release} does not contain ${now}, which serves, and is not contained in it: what ${now} brought would be lost unnoticed. Release a commit that contains it, or go back first: switchback rollback`;
  }
  if (relation === "older" && wish.rollbackFrom === undefined) {
    return `${release} is older than ${now}, which serves. To go back on purpose: switchback rollback ${release}, or pulumi config set switchback:rollbackFrom ${now}`;
  }
  if (wish.rollbackFrom !== undefined && relation !== "same" && wish.rollbackFrom !== now) {
    return `switchback:rollbackFrom is ${wish.rollbackFrom}, but ${now} serves. To go back from it: pulumi config set switchback:rollbackFrom ${now}; to forget it: ${forget}`;
  }
  if (wish.rollbackFrom !== undefined && relation === "newer") {
    return `${release} is newer than ${now}: this is no rollback. Run: ${forget}`;
  }
  const leftBy = record?.left[release];
  if (leftBy !== undefined && relation === "newer" && wish.again !== record?.rollout) {
    return `${release} was left by rollback ${leftBy}. To release it again all the same: switchback up --release ${release} --again, or pulumi config set switchback:again ${record?.rollout ?? ""}`;
  }
  return undefined;
}

/** Migrations that are, or may be, applied and are not the candidate's: those of what serves, and of what was left half done. */
function undoneBy({ candidate, serving, unfinished, applied = [] }: Situation): Migration[] {
  const kept = new Set(candidate.migrations.map((migration) => migration.revision));
  const all = [
    ...(serving?.migrations ?? []),
    ...(unfinished?.source.migrations.filter((one) => applied.includes(one.revision)) ?? []),
  ];
  const unique = new Map(all.map((migration) => [migration.revision, migration]));
  return [...unique.values()]
    .filter((migration) => !kept.has(migration.revision))
    .sort((a, b) => (a.revision < b.revision ? 1 : -1));
}

/** A rollout takes migrations back or applies some, never both: in which order would be anybody's guess. */
function refuseMixture(situation: Situation, undone: readonly Migration[]): string | undefined {
  const { candidate, serving, relation, unfinished, applied } = situation;
  const { release } = candidate;
  const dropped = relation === "newer" ? undone.filter((one) => hasMigration(serving, one)) : [];
  if (dropped.length > 0) {
    return `${release} has lost migration ${named(dropped)}, which ${serving?.release ?? ""} brought: a release keeps all that came before it. Put its files back, commit, and tag that: git tag --annotate`;
  }
  const missing = missingFor(situation).filter((one) => !applied?.includes(one.revision));
  if (undone.length === 0 || missing.length === 0) return undefined;
  const first =
    relation === "older"
      ? "Go back to a release in between first: switchback rollback"
      : `Go back to what was there first: switchback up --release ${serving?.release ?? unfinished?.source.release ?? ""}`;
  return `${release} needs migration ${named(missing)} applied and ${named(undone)} taken back, which no rollout does at once. ${first}`;
}

const named = (migrations: readonly Migration[]): string => migrations.map((one) => one.revision).join(", ");

const hasMigration = (source: Source | undefined, { revision }: Migration): boolean =>
  source?.migrations.some((one) => one.revision === revision) ?? false;

/** What the candidate needs and what serves did not bring, or has lost again to a rollout that was cut off. */
const missingFor = ({ candidate, serving, applied }: Situation): Migration[] =>
  candidate.migrations.filter((one) => !hasMigration(serving, one) || applied?.includes(one.revision) === false);

const nothing: SchemaWork = { kind: "up", migrations: [] };

/**
 * Expanding migrations go before the switch of code, contracting ones after it: what serves fits the schema at every
 * moment. Once a contracting one is met, the later ones wait behind it, because migrations keep their order.
 */
function goForward(situation: Situation): Pick<Plan, "before" | "after"> | { refusal: string } {
  const { candidate, serving } = situation;
  const missing = missingFor(situation);
  if (!serving) return { before: { kind: "up", migrations: missing }, after: nothing };
  const first = missing.findIndex((migration) => migration.change === "contract");
  const [before, after] = first < 0 ? [missing, []] : [missing.slice(0, first), missing.slice(first)];
  const late = after.find((migration) => migration.change === "expand");
  if (late) {
    const contracting = after[0];
    return {
      refusal:
        `${candidate.release} needs migration ${late.revision} before it starts, and ${contracting?.revision ?? ""} (contract), which comes first, would break ${serving.release}, which serves. ` +
        `Release the version that brings ${contracting?.revision ?? ""} first: switchback up --release RELEASE`,
    };
  }
  return { before: { kind: "up", migrations: before }, after: { kind: "up", migrations: after } };
}

/** The mirror of going forward: contracting migrations are taken back before the switch of code, expanding ones after it. */
function goBack(
  { candidate, backups, wish }: Situation,
  undone: readonly Migration[],
): Pick<Plan, "before" | "after"> | { refusal: string } {
  const way = gravest(undone.map((migration) => migration.wayBack));
  if (way === "none") {
    return {
      refusal: `going back to ${candidate.release} would undo migration ${named(undone)}, which cannot be undone. Remedy it by hand, and write an incident note; or release what mends it: switchback up --release RELEASE`,
    };
  }
  if (way !== "restore") {
    const { before, after } = splitUndo(undone);
    if (before.some((contracting) => after.some((expanding) => expanding > contracting))) {
      return {
        refusal: `going back to ${candidate.release} at once would take back ${before.join(", ")} (contract) while ${after.join(", ")} (expand), some of which came later, is in use. Go back one release after the other: switchback rollback`,
      };
    }
    return {
      before: before.length > 0 ? { kind: "down", revisions: before } : nothing,
      after: after.length > 0 ? { kind: "down", revisions: after } : nothing,
    };
  }
  const revision = candidate.migrations.at(-1)?.revision ?? "0000";
  const backup = backups.filter((one) => one.schema === revision).sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1))[0];
  if (!backup)
    return {
      refusal: `going back to ${candidate.release} needs a proven backup of schema ${revision}, and the store has none. Release what mends it instead: switchback up --release RELEASE`,
    };
  if (wish.restore !== backup.id) {
    return {
      refusal:
        `going back to ${candidate.release} restores backup ${backup.id}, taken ${backup.takenAt}: what was written since is lost. ` +
        `To agree: switchback rollback ${candidate.release}, or pulumi config set switchback:restore ${backup.id}`,
    };
  }
  return { before: { kind: "restore", backup: backup.id }, after: nothing };
}

function splitUndo(undone: readonly Migration[]): Plan["undo"] {
  const down = undone.filter((migration) => migration.wayBack === "reversible");
  const revisions = (change: Migration["change"]): string[] =>
    down.filter((one) => one.change === change).map((one) => one.revision);
  return { before: revisions("contract"), after: revisions("expand") };
}

function wayBackOf({ candidate, serving }: Situation, direction: Plan["direction"]): Pick<Plan, "wayBack" | "undo"> {
  if (!serving) return { wayBack: "nothing", undo: { before: [], after: [] } };
  const known = new Set(serving.migrations.map((migration) => migration.revision));
  const brought =
    direction === "forward" ? candidate.migrations.filter((migration) => !known.has(migration.revision)).reverse() : [];
  return { wayBack: gravest(brought.map((migration) => migration.wayBack)), undo: splitUndo(brought) };
}
