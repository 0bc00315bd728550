import type { Witness } from "../actions/action.ts";
import { inStore } from "../release/store.ts";
import { contradictionTo } from "./ledger.ts";

/**
 * Why a store's ledger is not the one that somebody has seen, and what to do, in words; undefined when it is. Such a store
 * is an earlier copy of itself, or one of two that went on: what it says of rollouts and of what serves is no answer.
 */
export function whyNotWitnessed(store: string, id: string, witness: Witness): string | undefined {
  const wrong = contradictionTo(inStore.ledger(store), witness);
  return wrong === undefined
    ? undefined
    : `${wrong}. Nothing more is changed. Put the newest copy of the store in its place. ` +
        `To go on with this one as it is, on purpose: switchback:leaveStore: ${id} in the stack's file`;
}
