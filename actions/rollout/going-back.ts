import { join } from "node:path";
import type { GateDecision } from "../../release/gate.ts";
import { inStore } from "../../release/store.ts";
import type { Context } from "../action.ts";
import { writeAtomic } from "../files.ts";
import { readJson, type Shape } from "../json-file.ts";

type Place = Pick<Context, "store" | "rollout" | "release">;

const noteOf = ({ store, rollout }: Place): string => join(inStore.evidence(store, rollout), "going-back.json");

const shape: Shape = { decision: /^no$/, table: "string" };

/** Writes down that a release is about to be taken back, and by which decision: cut off, it goes on by that. */
export function noteGoingBack(place: Place, decision: GateDecision): void {
  writeAtomic(noteOf(place), JSON.stringify(decision));
}

/** The decision by which a release is being taken back; undefined where none is. Errors: it can no longer be read. */
export function readGoingBack(place: Place): GateDecision | undefined {
  const remedy = `${place.release} was being taken back, and how far cannot be told: see what serves (switchback status) and decide`;
  return readJson(noteOf(place), shape, remedy) as GateDecision | undefined;
}
