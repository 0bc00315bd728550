export type Answer = "pass" | "warn" | "fail" | "unknown";

/** Somebody's word that a release may pass although a check of it does not. */
export interface Waiver {
  readonly reason: string;
  readonly by: string;
}

/** What the answers of a check mean to a gate. */
export interface Rule {
  /** Answers that block. */
  readonly blocks: readonly Exclude<Answer, "pass">[];
  /** True for a no-go trigger: nobody can waive it. Default false. */
  readonly noGo?: boolean;
  readonly waiver?: Waiver;
}

/** A check's last verdict, and what it means. */
export interface Judged {
  readonly name: string;
  readonly verdict: Answer;
  readonly seen: string;
  /** Whether it blocks. */
  readonly blocks: boolean;
  /** True where it blocks and cannot be waived. */
  readonly noGo?: boolean;
  /** Why it does not block although it would. */
  readonly waiver?: Waiver;
}

export interface GateDecision {
  /** `go`: nothing blocks. `no`: something was seen to be bad. `unclear`: something that must be known is not. */
  readonly decision: "go" | "no" | "unclear";
  /** Every verdict in one table, those that block first. */
  readonly table: string;
}

/** Applies a rule to a verdict. */
export function judge(name: string, { verdict, seen }: Pick<Judged, "verdict" | "seen">, rule: Rule): Judged {
  const would = verdict !== "pass" && rule.blocks.includes(verdict);
  const waiver = would && !rule.noGo ? rule.waiver : undefined;
  const blocks = would && waiver === undefined;
  return {
    ...{ name, verdict, seen, blocks },
    ...(blocks && rule.noGo ? { noGo: true } : {}),
    ...(waiver === undefined ? {} : { waiver }),
  };
}

/** Decides by what blocks: a `fail` says no; an `unknown` alone says that nobody can tell, which reverts nothing. */
export function decideGate(judged: readonly Judged[]): GateDecision {
  const blocking = judged.filter((one) => one.blocks);
  const decision = blocking.length === 0 ? "go" : blocking.some((one) => one.verdict !== "unknown") ? "no" : "unclear";
  return { decision, table: gateTable(judged) };
}

/** Every verdict on a line of its own, those that block first. */
export function gateTable(judged: readonly Judged[]): string {
  const order = [...judged.filter((one) => one.blocks), ...judged.filter((one) => !one.blocks)];
  const width = Math.max(0, ...order.map((one) => one.name.length));
  return order
    .map((one) => `  ${mark(one)} ${one.name.padEnd(width)}  ${one.verdict.padEnd(7)}  ${one.seen}${remark(one)}`)
    .join("\n");
}

const mark = ({ blocks, verdict }: Judged): string => (blocks ? "✗" : verdict === "pass" ? "✓" : "!");

function remark({ noGo, waiver }: Judged): string {
  if (waiver) return ` (waived by ${waiver.by}: ${waiver.reason})`;
  return noGo ? " (no-go: it cannot be waived)" : "";
}
