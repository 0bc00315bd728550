import type { Plan, SchemaWork } from "./plan.ts";

/** A plan in the words that a reviewer reads in the preview. */
export interface Summary {
  readonly release: string;
  readonly commits: readonly string[];
  readonly schemaBefore: string;
  readonly schemaAfter: string;
  readonly wayBack: string;
}

export function summarize(plan: Plan): Summary {
  return {
    release: plan.from === plan.release || plan.direction === "first" ? plan.release : `${plan.from} → ${plan.release}`,
    commits: plan.commits,
    schemaBefore: inWords(plan.before),
    schemaAfter: inWords(plan.after),
    wayBack: describeWayBack(plan),
  };
}

/** The same as a few lines of text. */
export function inReview(plan: Plan): string {
  const { release, commits, schemaBefore, schemaAfter, wayBack } = summarize(plan);
  const count =
    commits.length === 0 ? "no commits between them" : commits.length === 1 ? "1 commit" : `${commits.length} commits`;
  return [
    `release ${release}${plan.direction === "first" ? ", the first one" : `, ${count}`}`,
    ...commits.map((commit) => `    ${commit}`),
    `  schema before the switch: ${schemaBefore}`,
    `  schema after the switch: ${schemaAfter}`,
    `  way back: ${wayBack}`,
  ].join("\n");
}

export function inWords(work: SchemaWork): string {
  if (work.kind === "restore") return `restore backup ${work.backup}, under maintenance`;
  if (work.kind === "down") return `take back ${work.revisions.join(", ")}`;
  if (work.migrations.length === 0) return "nothing";
  return `apply ${work.migrations.map((one) => `${one.revision} ${one.name.replaceAll("_", " ")} (${one.change}, ${one.wayBack})`).join(", ")}`;
}

export function describeWayBack({ wayBack, undo, from, direction }: Plan): string {
  if (direction === "back") return `release ${from} again`;
  const down = (revisions: readonly string[]): string => `migration ${revisions.join(", ")} down`;
  const steps = [
    ...(undo.before.length > 0 ? [down(undo.before)] : []),
    `code of ${from}`,
    ...(undo.after.length > 0 ? [down(undo.after)] : []),
  ];
  return {
    nothing: "nothing to go back to: this is the first release",
    compatible: `code of ${from}; the schema stays`,
    reversible: steps.join(", then "),
    restore: `restore the backup taken before, then code of ${from}; what is written in between is lost`,
    none: "cannot be undone: manual remediation and an incident note",
  }[wayBack];
}
