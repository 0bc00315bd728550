import { defineCheck, fail, pass } from "../check.ts";
import { brief, commitSchema, forgeFields, openForge } from "./forge.ts";
import { patternSchema, toPattern } from "./pattern.ts";
import { githubRequests, gitlabRequests, type Request } from "./review-requests.ts";

interface Wanted {
  readonly approvals: number;
  readonly workOrder?: string | undefined;
}

/** A description may be long, and a pattern slow. */
const longestText = 20_000;

/**
 * Passes when a pull or merge request that holds the commit, merged or open, is approved by others than its author and by
 * enough of them, nobody wants changes (each person's last review counts), no thread of it is unresolved (GitLab), and its
 * title or description names a work order where one is wanted. Fails otherwise.
 */
export const review = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      provider: z.enum(["github", "gitlab"]).describe("where the request is"),
      ...forgeFields(z),
      commit: commitSchema(z),
      approvals: z.int().min(1).max(20).default(1).describe("how many people must approve, the author left out"),
      workOrder: patternSchema(z)
        .optional()
        .describe("regular expression that title or description must match, such as WO-\\d+"),
    }),
  async ({ commit, approvals, workOrder, ...args }, context) => {
    const forge = openForge(args, context);
    const isGithub = args.provider === "github";
    const requests = await (isGithub ? githubRequests(forge, commit) : gitlabRequests(forge, commit));
    const what = isGithub ? "pull request" : "merge request";
    const short = commit.slice(0, 7);
    if (requests.length === 0) return fail(`no ${what} holds ${short}: nobody has reviewed it`);
    const wanted = { approvals, workOrder };
    const good = requests.find((request) => faultsOf(request, wanted).length === 0);
    if (good === undefined)
      return fail(requests.map((request) => `${request.name}: ${faultsOf(request, wanted).join(", ")}`).join("; "));
    const order = orderIn(good, workOrder);
    const by = good.approvers.map(brief).join(", ");
    return pass(`${good.name} (${good.state}) holds ${short}, approved by ${by}${order === "" ? "" : `, ${order}`}`);
  },
  { quick: true },
);

function faultsOf(request: Request, { approvals, workOrder }: Wanted): string[] {
  const { state, approvers, objections } = request;
  return [
    ...(state === "closed" ? ["was closed without being merged"] : []),
    ...(approvers.length < approvals
      ? [`${approvers.length} of ${approvals} approvals by others than its author`]
      : []),
    ...objections.map(brief),
    ...(workOrder !== undefined && orderIn(request, workOrder) === "" ? [`names no work order (${workOrder})`] : []),
  ];
}

const orderIn = ({ text }: Request, workOrder: string | undefined): string =>
  workOrder === undefined ? "" : brief(toPattern(workOrder).exec(text.slice(0, longestText))?.[0] ?? "");
