/** A check's last verdict, and whether the policy lets it block. */
export interface Judged {
  readonly name: string;
  readonly verdict: "pass" | "warn" | "fail" | "unknown";
  readonly seen: string;
  readonly blocks: boolean;
}

export interface GateDecision {
  /** `go`: nothing blocks. `no`: something was seen to be bad. `unclear`: something that must be known is not. */
  readonly decision: "go" | "no" | "unclear";
  /** Every verdict in one table, those that block first. */
  readonly table: string;
}

/** Decides by what blocks: a `fail` says no; an `unknown` alone says that nobody can tell, which reverts nothing. */
export function decideGate(judged: readonly Judged[]): GateDecision {
  const blocking = judged.filter((one) => one.blocks);
  const decision = blocking.length === 0 ? "go" : blocking.some((one) => one.verdict !== "unknown") ? "no" : "unclear";
  const order = [...blocking, ...judged.filter((one) => !one.blocks)];
  const width = Math.max(0, ...order.map((one) => one.name.length));
  const lines = order.map(
    (one) => `  ${one.blocks ? "✗" : "✓"} ${one.name.padEnd(width)}  ${one.verdict.padEnd(7)}  ${one.seen}`,
  );
  return { decision, table: lines.join("\n") };
}
