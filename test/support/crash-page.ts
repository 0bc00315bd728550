/** The pages of docs/ that say what became of the rollouts that were cut off. */
import { type Cell, cellsOf, cellsOn, type Found, type Group, groupsOn, momentOf, nameOf } from "./crash-cells.ts";
import type { Engine } from "./engines.ts";

const letters = { same: "s", old: "o", another: "a" } as const;

/** A page with the results there are; cells that were not run are said to be so. */
export function crashPage(engine: Engine["name"], found: ReadonlyMap<string, Found>): string {
  const tables = groupsOn(engine).map((group) => `## ${group.title}\n\n${tableOf(group, found)}\n`);
  const results = cellsOn(engine).map((cell) => found.get(nameOf(cell)));
  return `${introduction(engine, results)}\n${tables.join("\n")}`;
}

function tableOf(group: Group, found: ReadonlyMap<string, Found>): string {
  const heads = group.columns.map(([when, what]) => `${what}, ${momentOf(when)}`);
  const cells = cellsOf(group);
  const rows = group.steps.map((step) => {
    const own = cells.filter((cell) => cell.step === step);
    return `| ${step} | ${own.map((cell) => mark(cell, found.get(nameOf(cell)))).join(" | ")} |`;
  });
  return [`| step | ${heads.join(" | ")} |`, `|---|${heads.map(() => "---|").join("")}`, ...rows].join("\n");
}

function mark({ next, copy }: Cell, result: Found | undefined): string {
  if (result === undefined) return "?";
  if (result.wrong.length > 0) return "✗";
  if (!result.happened) return "–";
  const well = result.effects === undefined ? "(✓)" : "✓";
  return `${well} ${letters[next]}${copy === "other" ? "′" : ""}`;
}

const byProvider = "only the `provider` that runs the steps, ";

const engineNames = { embedded: "the embedded engine", pulumi: "the Pulumi CLI" } as const;

function introduction(engine: Engine["name"], results: readonly (Found | undefined)[]): string {
  const cut = results.filter((one) => one?.happened === true);
  const counted = cut.flatMap((one) => one?.effects ?? []);
  const missing = results.filter((one) => one === undefined).length;
  return `# The crash matrix on ${engineNames[engine]}

Every step of [the sample application's pipeline](../index.ts) with four of its smoke checks, on two hosts, cut off before, inside and after what it does
(\`inside n\`: at the n-th thing that it tells, logs, runs or calls; \`at work\`: at the first of them, or before all where
there is none; \`recorded\`: when the ledger knows that it is done, and nobody else); then taken up again, from the same
working copy or another one. The other engine: ${otherPage[engine]}.

${cut.length} rollouts were really cut off, by \`node scripts/crash-matrix.ts ${engine}\`, at ${commitsOf(cut)}. In ${counted.length} of them
effects were counted, ${counted.reduce((sum, one) => sum + one, 0)} altogether. ${missing === 0 ? "No cell is missing." : `${missing} cells were not run yet: \`?\`.`}

What is cut off, by SIGKILL: \`everything\` (engine, providers and steps at once, as when the power goes), only the \`engine\`,
${engine === "pulumi" ? byProvider : ""}only the \`step\`'s process; or Ctrl-C (\`interrupt\`), once or twice.
What is done next: \`s\` the same again, \`o\` the release that served before, \`a\` another release; with \`′\` from another
working copy.

\`(✓)\` means, afterwards: the command ended as it should; exactly one release serves, on both hosts, and the state's \`serving\`
is it; its schema fits; every order that was acknowledged before, between and after is there; no step is in the ledger twice
for one rollout; the ledger's chain holds; no lease, lock, temporary file or process is left. \`✓\` means that too, and that no
effect happened twice, as hosts, database and store tell it: an application that was told to load what it had loaded, a
migration, a release on a host, a build, a backup or a sign-off that was there and was made again, a step that began again
though it was recorded. \`–\`: the step does not get there.
`;
}

/** With how many were run at each, the newest last. */
function commitsOf(cut: readonly (Found | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const one of cut) counts.set(one?.at ?? "?", (counts.get(one?.at ?? "?") ?? 0) + 1);
  return [...counts].map(([commit, count]) => `\`${commit}\` (${count})`).join(", ");
}

/** In docs/. */
export const pageOf = { embedded: "crash-matrix.md", pulumi: "crash-matrix-cli.md" } as const;

const otherPage = {
  embedded: `[the Pulumi CLI](${pageOf.pulumi})`,
  pulumi: `[the embedded one](${pageOf.embedded})`,
} as const;
