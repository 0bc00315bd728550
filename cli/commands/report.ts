import { inStore } from "../../release/store.ts";
import { rolloutsOf } from "../../report/rollouts.ts";
import { writeReport } from "../../report/write.ts";
import { readLedger } from "../../runtime/ledger.ts";
import { type CommonOptions, openStack } from "../open.ts";
import { say } from "../say.ts";
import { wantStoreOf } from "../store.ts";
import { wantRollout } from "../wanted.ts";

/** Writes the report of a rollout, by its id, its number or its release; default: the last one. */
export async function report(wanted: string | undefined, options: CommonOptions): Promise<number> {
  const stack = openStack(options);
  const { store } = stack.settings;
  const state = await stack.state();
  wantStoreOf(stack, state);
  const rollouts = rolloutsOf(readLedger(inStore.ledger(store)));
  const found = wantRollout("report", wanted, rollouts, stack.name);
  const record = state?.record;
  const written = writeReport(stack.name, store, found.id, record?.rollout === found.id ? record.plan : undefined);
  if (options.json) say(JSON.stringify(written?.report, undefined, 2));
  else say(written?.path);
  return 0;
}
