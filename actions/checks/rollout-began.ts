import { inStore } from "../../release/store.ts";
import { readIfThere } from "../files.ts";
import { parseJson } from "../json-file.ts";

/** When a rollout was opened, by the ledger's first entry of it; undefined where there is none. */
export function rolloutBegan(store: string, rollout: string): number | undefined {
  for (const line of (readIfThere(inStore.ledger(store)) ?? "").split("\n")) {
    // Most entries are of other rollouts: they need not be parsed.
    if (rollout === "" || !line.includes(rollout)) continue;
    const entry = parseJson(line) as { rollout?: unknown; began?: unknown } | null | undefined;
    if (entry?.rollout !== rollout || typeof entry.began !== "string") continue;
    const began = Date.parse(entry.began);
    if (!Number.isNaN(began)) return began;
  }
  return undefined;
}
