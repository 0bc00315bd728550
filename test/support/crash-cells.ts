/** Which rollouts are cut off, where and how; and the page that says what became of them. */
import type { Disturbance, Moment } from "../../testing/script.ts";
import type { Cell, Direction, Found } from "./crash-bed.ts";

const steps = [
  ...["rollout-open", "preflight-tag", "preflight-space", "preflight-gate", "build", "prepare"],
  ...["backup-take", "backup-prove", "schema-before", "activation", "schema-after"],
  ...["smoke-health", "smoke-version", "smoke-page", "smoke-login", "smoke-decision", "smoke-gate", "sign-off"],
];
/** What takes a release back. */
const revertingSteps = ["activation", "smoke-decision"];

const inside = (n: number): Moment => ({ inside: n });
const columns: Readonly<Record<Direction, readonly (readonly [Moment, Disturbance])[]>> = {
  forward: [
    ["before", "everything"],
    [inside(1), "everything"],
    ["after", "everything"],
    [inside(1), "engine"],
    [inside(1), "interrupt"],
  ],
  revert: [
    ...[inside(1), inside(2), inside(3), inside(4), "after" as const].map((when) => [when, "everything"] as const),
    [inside(2), "engine"],
    [inside(2), "interrupt"],
  ],
  rollback: [
    [inside(1), "everything"],
    ["after", "everything"],
  ],
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

export const cells: readonly Cell[] = (["forward", "revert", "rollback"] as const).flatMap((direction) =>
  rowsOf(direction).flatMap((step, row) =>
    columns[direction].map(([when, what], column): Cell => {
      const [next, copy] = turns[(row * 5 + column) % turns.length] ?? turns[0];
      return { direction, step, when, what, next, copy };
    }),
  ),
);

const momentOf = (when: Moment): string => (typeof when === "string" ? when : `inside ${when.inside}`);

export const nameOf = ({ direction, step, when, what, next, copy }: Cell): string =>
  `${direction}: ${step} ${momentOf(when)}, ${what}; then ${next} from ${copy} copy`;

const letters = { same: "s", old: "o", another: "a" } as const;
const titles: Readonly<Record<Direction, string>> = {
  forward: "On the way forward: v1.0.0 to v1.1.0",
  revert: "While a release takes itself back",
  rollback: "On the way back: v1.1.0 to v1.0.0",
};

/** The page of docs/ with the results of a whole run. */
export function crashPage(found: ReadonlyMap<string, Found>): string {
  const mark = (cell: Cell): string => {
    const result = found.get(nameOf(cell));
    if (result === undefined) return "?";
    if (result.wrong.length > 0) return "✗";
    return result.happened ? `✓ ${letters[cell.next]}${cell.copy === "other" ? "′" : ""}` : "–";
  };
  const table = (direction: Direction): string => {
    const heads = columns[direction].map(([when, what]) => `${what}, ${momentOf(when)}`);
    const rows = rowsOf(direction).map((step) => {
      const own = cells.filter((cell) => cell.direction === direction && cell.step === step);
      return `| ${step} | ${own.map(mark).join(" | ")} |`;
    });
    return [`| step | ${heads.join(" | ")} |`, `|---|${heads.map(() => "---|").join("")}`, ...rows].join("\n");
  };
  const happened = [...found.values()].filter((one) => one.happened).length;
  const tables = (["forward", "revert", "rollback"] as const).map(
    (direction) => `## ${titles[direction]}\n\n${table(direction)}\n`,
  );
  return `${introduction(happened)}\n${tables.join("\n")}`;
}

const introduction = (happened: number): string => `# The crash matrix

Every step of [the sample application's pipeline](../index.ts) with four of its smoke checks, on two hosts, cut off before, inside and after what it does
(\`inside n\`: at the n-th thing that it tells, logs, runs or calls); then taken up again, from the same working copy or
another one. Each of these ${happened} rollouts was really cut off, on the embedded engine, by \`node scripts/crash-matrix.ts\`.

What is cut off: \`everything\` (engine and steps at once, as when the power goes), only the \`engine\`, or Ctrl-C
(\`interrupt\`). What is done next: \`s\` the same again, \`o\` the release that served
before, \`a\` another release; with \`′\` from another working copy.

\`✓\` means, afterwards: the command ended as it should; exactly one release serves, on both hosts, and the state's \`serving\`
is it; its schema fits; every order that was acknowledged before, between and after is there; no step was done twice in one
rollout; the ledger's chain holds; no lease, lock, temporary file or process is left. \`–\`: the step does not get there.
`;
