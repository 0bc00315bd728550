import { inStore } from "../../../release/store.ts";
import type { Context } from "../../action.ts";
import { readJson } from "../../json-file.ts";
import { type Manifest, manifestShape } from "./host.ts";

/** What the last activation left serving: the environment's own memory, whatever became of any state file. */
export interface Settled extends Manifest {
  readonly folder: string;
  readonly rollout: string;
  /** The folder that served before that rollout, empty for none. */
  readonly before: string;
  /** The right it was done with. Absent in what earlier versions have written. */
  readonly fencing?: number;
}

/** Undefined before the first release. Errors: what is written there is nothing of ours. */
export function readSettled(store: string): Settled | undefined {
  return readJson(
    inStore.settled(store),
    { ...manifestShape, folder: "string", rollout: "string" },
    "Put it back from a copy of the store: without it no rollout can be taken back by itself",
  ) as Settled | undefined;
}

/** The folder that served before this rollout, empty for none; also when this rollout has switched already, and was cut off. */
export function servedBefore({ store, rollout }: Pick<Context, "store" | "rollout">): string {
  const settled = readSettled(store);
  return (settled?.rollout === rollout ? settled.before : settled?.folder) ?? "";
}
