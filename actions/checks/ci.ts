import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../action.ts";
import { defineCheck } from "../check.ts";
import { fileStatuses, githubStatuses, gitlabStatuses, judge, type Status } from "./ci-statuses.ts";
import { commitSchema, type ForgeArgs, forgeFields, openForge } from "./forge.ts";

type Source = ForgeArgs | { readonly provider: "file"; readonly file: string };

/**
 * Passes when everything that has looked at this very commit (statuses, check runs, jobs) says it is good; fails when one
 * says it is not. Unknown while something is still to end or a required one is missing, and when nobody has tested the
 * commit. A preview does not wait.
 */
export const ci = defineCheck(
  import.meta.url,
  (z) => {
    const common = {
      commit: commitSchema(z),
      required: z.array(z.string().min(1)).default([]).describe("names that must be among those that say it is good"),
      waitSeconds: z.number().min(0).max(3600).default(0).describe("how long to ask again while it is not decided"),
      everySeconds: z.number().positive().max(600).default(15).describe("pause between two questions"),
    };
    return z.discriminatedUnion("provider", [
      z.strictObject({ provider: z.literal("github"), ...forgeFields(z), ...common }),
      z.strictObject({ provider: z.literal("gitlab"), ...forgeFields(z), ...common }),
      z.strictObject({
        provider: z.literal("file"),
        file: z.string().min(1).describe('JSON: {"commit": "…", "statuses": [{"name": "…", "state": "success"}]}'),
        ...common,
      }),
    ]);
  },
  async ({ commit, required, waitSeconds, everySeconds, ...source }, context) => {
    const ends = performance.now() + (context.rollout === "" ? 0 : waitSeconds * 1000);
    for (;;) {
      const answer = judge(await statusesOf(source, commit, context), required, commit);
      const left = ends - performance.now();
      if (answer.verdict !== "unknown" || left <= 0) return answer;
      context.log(answer.seen);
      await pause(Math.min(everySeconds * 1000, left), undefined, { signal: context.signal });
    }
  },
  { quick: true, timeoutSeconds: 3700 },
);

function statusesOf(source: Source, commit: string, context: Context): Promise<Status[]> {
  if (source.provider === "file") return fileStatuses(source.file, commit);
  const forge = openForge(source, context);
  return source.provider === "github" ? githubStatuses(forge, commit) : gitlabStatuses(forge, commit);
}
