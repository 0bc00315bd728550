import { gateTable } from "../../release/gate.ts";
import { inStore } from "../../release/store.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { type Gate, gatesOf } from "../../runtime/gates.ts";
import { readLedger } from "../../runtime/ledger.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { Problem } from "../problem.ts";
import { asTyped, paint, say } from "../say.ts";
import { wantStoreOf } from "../store.ts";
import { wantRollout } from "../wanted.ts";

/**
 * Shows what the gates of a rollout have decided, and by which verdicts; default: of the last one. Exit code 0: all said
 * go; 1: one did not, or none has decided yet (3 with --json).
 */
export async function gates(wanted: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const { store } = stack.settings;
  wantStoreOf(stack, await stack.state());
  const { id, release } = wantRollout("gates", wanted, rolloutsOf(readLedger(inStore.ledger(store))), stack.name);
  const found = gatesOf(store, id);
  if (found.length === 0 && !options.json)
    throw new Problem(
      `rollout ${id} (${release}): no gate has decided yet. What it did: ${asTyped(`switchback report ${id}`)}`,
    );
  if (options.json) say(JSON.stringify({ rollout: id, release, gates: found }, undefined, 2));
  else for (const gate of found) say(describe(gate));
  if (found.length === 0) return 3;
  return found.every(({ decision }) => decision === "go") ? 0 : 1;
}

const words: Readonly<Record<Gate["decision"], string>> = {
  go: paint("green", "GO"),
  no: paint("red", "NO GO"),
  unclear: paint("red", "NO GO: it cannot be told whether it is well"),
};

const describe = ({ step, release, at, decision, checks }: Gate): string =>
  `${paint("bold", step)}  ${words[decision]}  ${release}, ${at}\n${gateTable(checks)}`;
