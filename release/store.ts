import { join } from "node:path";

/** Where everything of an environment is kept. The one place that knows the names in a store. */
export const inStore = {
  /** What tells a store from an empty folder. */
  mark: (store: string) => join(store, "store.json"),
  ledger: (store: string) => join(store, "ledger.jsonl"),
  lease: (store: string) => join(store, "lease.json"),
  /** The rollout that was opened last. */
  attempt: (store: string) => join(store, "attempt.json"),
  /** What serves, as the last activation left it. */
  settled: (store: string) => join(store, "settled.json"),
  /** Owner and receipt of a step's newest run. */
  step: (store: string, step: string) => join(store, "steps", `${step}.json`),
  /** Which artifact a commit was built into by a recipe. */
  build: (store: string, key: string) => join(store, "builds", `${key}.json`),
  artifact: (store: string, digest: string) => join(store, "artifacts", `${digest}.tar.gz`),
  backups: (store: string) => join(store, "backups"),
  backup: (store: string, id: string) => join(store, "backups", id),
  /** What a release answered to a contract check that passed. */
  contract: (store: string, step: string, release: string) => join(store, "contracts", step, `${release}.json`),
  /** Logs and reports of one rollout. */
  evidence: (store: string, rollout: string) => join(store, "evidence", rollout),
};
