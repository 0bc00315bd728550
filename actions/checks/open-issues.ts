import { defineCheck, fail, pass } from "../check.ts";
import { brief, type Entry, type Forge, forgeFields, openForge, textAt } from "./forge.ts";

/** Passes when no issue with one of `labels` is open; fails with the numbers and titles of those that are. */
export const openIssues = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      provider: z.enum(["github", "gitlab"]).describe("where the issues are"),
      ...forgeFields(z),
      labels: z
        .array(
          z
            .string()
            .min(1)
            .refine((label) => !label.includes(","), "has a comma, which separates labels: name them one by one"),
        )
        .min(1)
        .max(20)
        .describe("labels, such as P0 and P1; an issue with any of them counts"),
    }),
  async ({ labels, ...args }, context) => {
    const forge = openForge(args, context);
    const titles = new Map<number, string>();
    for (const label of labels) {
      for (const issue of await withLabel(forge, args.provider, label))
        titles.set(numberOf(issue), textAt(issue, "title"));
    }
    const [what, isOpen] = [`labelled ${labels.join(" or ")}`, titles.size === 1 ? "issue is open" : "issues are open"];
    if (titles.size === 0) return pass(`no open issue is ${what}`);
    const list = [...titles].sort(([a], [b]) => a - b).map(([number, title]) => `#${number} ${brief(title)}`);
    return fail(`${titles.size} ${isOpen}, ${what}: ${list.join(", ")}`);
  },
  { quick: true },
);

async function withLabel(forge: Forge, provider: string, label: string): Promise<Entry[]> {
  const state = provider === "github" ? "open" : "opened";
  const issues = await forge.list(`/issues?state=${state}&labels=${encodeURIComponent(label)}`);
  // GitHub lists pull requests as issues.
  return issues.filter((issue) => issue.pull_request === undefined);
}

const numberOf = (issue: Entry): number => Number(issue.number ?? issue.iid);
