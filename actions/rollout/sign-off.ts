import { join } from "node:path";
import { inStore } from "../../release/store.ts";
import { defineAction } from "../action.ts";
import type { Artifact } from "../artifact/archive.ts";
import { writeAtomic } from "../files.ts";
import type { Passed } from "./gate.ts";

/** The recorded GO of a release: what production may promote. */
export interface SignedOff {
  readonly release: string;
  readonly commit: string;
  readonly artifact: string;
  readonly by: "policy";
}

/** Records that the release is good, as the environment's policy says without a person. */
export const signOffByPolicy = defineAction<Record<string, never>, { GATE: Passed; ARTIFACT: Artifact }, SignedOff>(
  import.meta.url,
  {
    args: (z) => z.strictObject({}),
    run: (_, context) => {
      const { ARTIFACT: artifact } = context.needs;
      const signed: SignedOff = {
        release: context.release,
        commit: artifact.commit,
        artifact: artifact.digest,
        by: "policy",
      };
      const folder = inStore.evidence(context.store, context.rollout);
      const text = JSON.stringify({ ...signed, at: new Date().toISOString() }, undefined, 2);
      writeAtomic(join(folder, "sign-off.json"), `${text}\n`);
      return Promise.resolve(signed);
    },
  },
);
