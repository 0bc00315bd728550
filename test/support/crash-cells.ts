/** Which rollouts are cut off, where and how, and what a person types then; and the page that says what became of them. */
import type { Disturbance, Moment } from "../../testing/script.ts";
import type { Engine } from "./engines.ts";

/** `forward`: v1.0.0 to v1.1.0. `revert`: to a release that takes itself back. `rollback`: v1.1.0 to v1.0.0. */
export type Direction = "forward" | "revert" | "rollback";

/** A rollout is cut off at a moment of a step; then the same release, the one before or another one is asked for. */
export interface Cell {
  readonly direction: Direction;
  readonly step: string;
  /** `at work`: at the first thing that the step tells, logs, runs or calls; before it does anything where there is none. */
  readonly when: Moment | "at work";
  readonly what: Disturbance;
  readonly next: "same" | "old" | "another";
  /** From the same working copy or another one. */
  readonly copy: "same" | "other";
}

export interface Found {
  /** False where the step does not reach the moment: nothing was cut off. */
  readonly happened: boolean;
  /** What is not as it must be; empty when all is well. */
  readonly wrong: readonly string[];
}

export const first = "v1.0.0";
export const second = "v1.1.0";
/** Taken back by the activation, and by the decision after the checks. */
const brokenFor = (step: string): string => (step === "activation" ? "v1.3.0-broken" : "v1.4.0-broken");
/** A release after the second one with nothing but another text in it, which the sample does not have. */
export const another = "v1.1.1";

/** What serves before a rollout of that direction. */
export const startOf = (direction: Direction): string => (direction === "rollback" ? second : first);

/** The release that is asked for next. */
export function targetOf({ direction, step, next }: Cell): string {
  if (next === "another") return direction === "revert" ? second : another;
  const same = { forward: second, revert: brokenFor(step), rollback: first }[direction];
  const old = direction === "rollback" ? second : first;
  return next === "same" ? same : old;
}

/** What a person would type. */
export function commandFor({ direction, next }: Cell, target: string): string[] {
  if (direction === "rollback" && next === "same") return ["rollback", target];
  return ["up", "--release", target, "--again"];
}

/** The same, but for where it was cut off behind all that counts, so that the state knows already what serves. */
export function commandAfter(cell: Cell, target: string, serving: string): string[] {
  const knows = cell.direction === "forward" && cell.next === "old" && serving === second;
  return knows ? ["rollback", target] : commandFor(cell, target);
}

const steps = [
  ...["rollout-open", "preflight-tag", "preflight-space", "preflight-gate", "build", "prepare"],
  ...["backup-take", "backup-prove", "schema-before", "activation", "schema-after"],
  ...["smoke-health", "smoke-version", "smoke-page", "smoke-login", "smoke-decision", "smoke-gate", "sign-off"],
];
/** What takes a release back. */
const revertingSteps = ["activation", "smoke-decision"];

type Column = readonly [Cell["when"], Disturbance];
type Columns = Readonly<Record<Direction, readonly Column[]>>;

const inside = (n: number): Moment => ({ inside: n });
const at = (when: Cell["when"], ...what: readonly Disturbance[]): Column[] => what.map((one) => [when, one]);
const apart = ["engine", "step", "interrupt", "interrupt twice"] as const;

/** On the CLI the provider is a process of its own; the moments of a step are the same on both. */
const columns: Readonly<Record<Engine["name"], Columns>> = {
  embedded: {
    forward: [
      ...[...at("before", "everything"), ...at(inside(1), "everything"), ...at("after", "everything")],
      ...[...at("at work", ...apart), ...at("before", ...apart), ...at("after", ...apart)],
    ],
    revert: [
      ...[inside(1), inside(2), inside(3), inside(4), "after" as const].flatMap((when) => at(when, "everything")),
      ...[...at(inside(2), ...apart), ...at("after", ...apart), ...at("before", "everything")],
    ],
    rollback: [
      ...at("at work", "everything", "engine", "interrupt", "step", "interrupt twice"),
      ...[...at("before", "everything"), ...at("after", "everything")],
      ...[...at("before", ...apart), ...at("after", ...apart)],
    ],
  },
  pulumi: {
    forward: at("at work", "everything", "provider", ...apart),
    revert: [...at(inside(2), "everything", "provider", ...apart), ...at("after", "everything", "provider")],
    rollback: at("at work", "provider", "everything"),
  },
};

/** What is asked for afterwards, and from where, takes turns: each meets each way of being cut off. */
const turns = [
  ["same", "same"],
  ["old", "other"],
  ["another", "same"],
  ["same", "other"],
  ["old", "same"],
  ["another", "other"],
] as const;

const rowsOf = (direction: Direction): string[] => (direction === "revert" ? revertingSteps : steps);

const directions = ["forward", "revert", "rollback"] as const;

export const cellsOn = (engine: Engine["name"]): readonly Cell[] =>
  directions.flatMap((direction) =>
    rowsOf(direction).flatMap((step, row) =>
      columns[engine][direction].map(([when, what], column): Cell => {
        const [next, copy] = turns[(row * 5 + column) % turns.length] ?? turns[0];
        return { direction, step, when, what, next, copy };
      }),
    ),
  );

const momentOf = (when: Cell["when"]): string => (typeof when === "string" ? when : `inside ${when.inside}`);

export const nameOf = ({ direction, step, when, what, next, copy }: Cell): string =>
  `${direction}: ${step} ${momentOf(when)}, ${what}; then ${next} from ${copy} copy`;

const letters = { same: "s", old: "o", another: "a" } as const;
const titles: Readonly<Record<Direction, string>> = {
  forward: "On the way forward: v1.0.0 to v1.1.0",
  revert: "While a release takes itself back",
  rollback: "On the way back: v1.1.0 to v1.0.0",
};

/** The page of docs/ with the results of a whole run. */
export function crashPage(engine: Engine["name"], found: ReadonlyMap<string, Found>): string {
  const cells = cellsOn(engine);
  const mark = (cell: Cell): string => {
    const result = found.get(nameOf(cell));
    if (result === undefined) return "?";
    if (result.wrong.length > 0) return "✗";
    return result.happened ? `✓ ${letters[cell.next]}${cell.copy === "other" ? "′" : ""}` : "–";
  };
  const table = (direction: Direction): string => {
    const heads = columns[engine][direction].map(([when, what]) => `${what}, ${momentOf(when)}`);
    const rows = rowsOf(direction).map((step) => {
      const own = cells.filter((cell) => cell.direction === direction && cell.step === step);
      return `| ${step} | ${own.map(mark).join(" | ")} |`;
    });
    return [`| step | ${heads.join(" | ")} |`, `|---|${heads.map(() => "---|").join("")}`, ...rows].join("\n");
  };
  const happened = [...found.values()].filter((one) => one.happened).length;
  const tables = directions.map((direction) => `## ${titles[direction]}\n\n${table(direction)}\n`);
  return `${introduction(engine, happened)}\n${tables.join("\n")}`;
}

const byProvider = "only the `provider` that runs the steps, ";

const engineNames = { embedded: "the embedded engine", pulumi: "the Pulumi CLI" } as const;

const introduction = (engine: Engine["name"], happened: number): string => `# The crash matrix on ${engineNames[engine]}

Every step of [the sample application's pipeline](../index.ts) with four of its smoke checks, on two hosts, cut off before, inside and after what it does
(\`inside n\`: at the n-th thing that it tells, logs, runs or calls; \`at work\`: at the first of them, or before all where
there is none); then taken up again, from the same working copy or another one. Each of these ${happened} rollouts was really
cut off, by \`node scripts/crash-matrix.ts ${engine}\`. The other engine: ${otherPage[engine]}.

What is cut off, by SIGKILL: \`everything\` (engine, providers and steps at once, as when the power goes), only the \`engine\`,
${engine === "pulumi" ? byProvider : ""}only the \`step\`'s process; or Ctrl-C (\`interrupt\`), once or twice.
What is done next: \`s\` the same again, \`o\` the release that served before, \`a\` another release; with \`′\` from another
working copy.

\`✓\` means, afterwards: the command ended as it should; exactly one release serves, on both hosts, and the state's \`serving\`
is it; its schema fits; every order that was acknowledged before, between and after is there; no step was done twice in one
rollout; the ledger's chain holds; no lease, lock, temporary file or process is left. \`–\`: the step does not get there.
`;

/** In docs/. */
export const pageOf = { embedded: "crash-matrix.md", pulumi: "crash-matrix-cli.md" } as const;

const otherPage = {
  embedded: `[the Pulumi CLI](${pageOf.pulumi})`,
  pulumi: `[the embedded one](${pageOf.embedded})`,
} as const;
