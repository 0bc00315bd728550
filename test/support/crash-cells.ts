/** Which rollouts are cut off, where and how, and what a person types then. */
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
  /** How many effects were counted; absent where nothing was cut off, and in results of before they were. */
  readonly effects?: number;
  /** The commit it was run at. */
  readonly at?: string;
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

/** A table of the page: each of these steps cut off in each of these ways. */
export interface Group {
  readonly title: string;
  readonly direction: Direction;
  readonly steps: readonly string[];
  readonly columns: readonly Column[];
}

const inside = (n: number): Moment => ({ inside: n });
const at = (when: Cell["when"], ...what: readonly Disturbance[]): Column[] => what.map((one) => [when, one]);
const apart = ["engine", "step", "interrupt", "interrupt twice"] as const;

const forward = { title: "On the way forward: v1.0.0 to v1.1.0", direction: "forward", steps } as const;
const revert = { title: "While a release takes itself back", direction: "revert", steps: revertingSteps } as const;
const rollback = { title: "On the way back: v1.1.0 to v1.0.0", direction: "rollback", steps } as const;
/** What changes hosts and schema may do more than one thing that can be told apart. */
const changing = ["prepare", "schema-before", "activation", "schema-after"];
const deeper = [
  { title: "Deeper inside, on the way forward", direction: "forward", steps: changing },
  { title: "Deeper inside, on the way back", direction: "rollback", steps: changing },
] as const;
/** Behind the step's entry in the ledger, before anything else knows of it. */
const recorded = [
  { title: "Recorded, on the way forward", direction: "forward", steps },
  { title: "Recorded, while a release takes itself back", direction: "revert", steps: revertingSteps },
  { title: "Recorded, on the way back", direction: "rollback", steps },
] as const;

/** On the CLI the provider is a process of its own; the moments of a step are the same on both. */
const groups: Readonly<Record<Engine["name"], readonly Group[]>> = {
  embedded: [
    {
      ...forward,
      columns: [
        ...[...at("before", "everything"), ...at(inside(1), "everything"), ...at("after", "everything")],
        ...[...at("at work", ...apart), ...at("before", ...apart), ...at("after", ...apart)],
      ],
    },
    {
      ...revert,
      columns: [
        ...[inside(1), inside(2), inside(3), inside(4), "after" as const].flatMap((when) => at(when, "everything")),
        ...[...at(inside(2), ...apart), ...at("after", ...apart), ...at("before", "everything")],
      ],
    },
    {
      ...rollback,
      columns: [
        ...at("at work", "everything", "engine", "interrupt", "step", "interrupt twice"),
        ...[...at("before", "everything"), ...at("after", "everything")],
        ...[...at("before", ...apart), ...at("after", ...apart)],
      ],
    },
    ...deeper.map((group) => ({
      ...group,
      columns: [...[2, 3, 4].flatMap((n) => at(inside(n), "everything")), ...at(inside(2), "engine", "step")],
    })),
    ...recorded.map((group) => ({ ...group, columns: at("recorded", "everything") })),
  ],
  pulumi: [
    { ...forward, columns: at("at work", "everything", "provider", ...apart) },
    {
      ...revert,
      columns: [...at(inside(2), "everything", "provider", ...apart), ...at("after", "everything", "provider")],
    },
    { ...rollback, columns: at("at work", "provider", "everything") },
    ...deeper.map((group) => ({
      ...{ ...group, steps: ["prepare", "activation"] },
      columns: [2, 3, 4].flatMap((n) => at(inside(n), "everything")),
    })),
  ],
};

export const groupsOn = (engine: Engine["name"]): readonly Group[] => groups[engine];

/** What is asked for afterwards, and from where, takes turns: each meets each way of being cut off. */
const turns = [
  ["same", "same"],
  ["old", "other"],
  ["another", "same"],
  ["same", "other"],
  ["old", "same"],
  ["another", "other"],
] as const;

export const cellsOf = ({ direction, steps, columns }: Group): readonly Cell[] =>
  steps.flatMap((step, row) =>
    columns.map(([when, what], column): Cell => {
      const [next, copy] = turns[(row * 5 + column) % turns.length] ?? turns[0];
      return { direction, step, when, what, next, copy };
    }),
  );

export const cellsOn = (engine: Engine["name"]): readonly Cell[] => groupsOn(engine).flatMap(cellsOf);

export const momentOf = (when: Cell["when"]): string => (typeof when === "string" ? when : `inside ${when.inside}`);

export const nameOf = ({ direction, step, when, what, next, copy }: Cell): string =>
  `${direction}: ${step} ${momentOf(when)}, ${what}; then ${next} from ${copy} copy`;
