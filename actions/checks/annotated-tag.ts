import { defineCheck, fail, pass } from "../check.ts";
import { gitCommand } from "../source/git-command.ts";
import { judgeSignature } from "./tag-signature.ts";

/**
 * Passes when `tag` is an annotated tag (it says who released what, and when), points at `commit`, and is signed where that
 * is wanted. A tag without a signature, or with a wrong one, fails; a signature that cannot be verified is unknown.
 */
export const annotatedTag = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        repository: z.string().min(1).describe("folder of the git repository"),
        tag: z.string().min(1).describe("name of the tag"),
        commit: z
          .string()
          .regex(/^[0-9a-f]{40}$/)
          .describe("full id of the commit it must point at"),
        signed: z.boolean().optional().describe("whether it must be signed, by SSH or GnuPG"),
        allowedSigners: z
          .string()
          .min(1)
          .optional()
          .describe("OpenSSH's file of those who may sign; by default the one git is configured with"),
        gpgHome: z.string().min(1).optional().describe("GnuPG's folder with the keys of those who may sign"),
      })
      .refine(
        ({ signed, allowedSigners, gpgHome }) =>
          signed === true || (allowedSigners === undefined && gpgHome === undefined),
        "names who may sign, but asks for no signature: add signed: true",
      ),
  async ({ repository, tag, commit, signed, ...signers }, context) => {
    const git = (...argv: string[]): Promise<string> => context.exec(gitCommand(repository, ...argv), { cwd: "." });
    const ref = `refs/tags/${tag}`;
    const listed = await git("for-each-ref", "--format=%(objecttype) %(*objectname) %(tag)", ref);
    const [type, target, named] = listed.trim().split(" ");
    if (listed.trim() === "") return fail(`${tag} is no tag`);
    if (type !== "tag") return fail(`${tag} is not annotated: git tag --annotate says who released it, and when`);
    if (target !== commit)
      return fail(`${tag} points at ${String(target).slice(0, 7)} now, ${commit.slice(0, 7)} was planned`);
    const points = `${tag} is annotated and points at ${commit.slice(0, 7)}`;
    if (signed !== true) return pass(points);
    // What is signed is the name inside: another tag, renamed, has a good signature, too.
    if (named !== tag) return fail(`${tag} was signed as ${String(named)}`);
    const answer = await judgeSignature(repository, tag, signers, context);
    return answer.verdict === "pass" ? pass(`${points}; ${answer.seen}`) : answer;
  },
  { quick: true },
);
