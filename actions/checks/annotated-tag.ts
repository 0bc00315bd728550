import { defineCheck, fail, pass } from "../check.ts";
import { gitCommand } from "../source/git-command.ts";

/** Passes when `tag` is an annotated tag (it says who released what, and when) and points at `commit`. */
export const annotatedTag = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      repository: z.string().min(1),
      tag: z.string().min(1),
      commit: z.string().regex(/^[0-9a-f]{40}$/),
    }),
  async ({ repository, tag, commit }, context) => {
    const git = (...argv: string[]): Promise<string> => context.exec(gitCommand(repository, ...argv), { cwd: "." });
    const ref = `refs/tags/${tag}`;
    const listed = await git("for-each-ref", "--format=%(objecttype) %(*objectname)", ref);
    const [type, target] = listed.trim().split(" ");
    if (listed.trim() === "") return fail(`${tag} is no tag`);
    if (type !== "tag") return fail(`${tag} is not annotated: git tag --annotate says who released it, and when`);
    if (target !== commit)
      return fail(`${tag} points at ${String(target).slice(0, 7)} now, ${commit.slice(0, 7)} was planned`);
    return pass(`${tag} is annotated and points at ${commit.slice(0, 7)}`);
  },
  { quick: true },
);
