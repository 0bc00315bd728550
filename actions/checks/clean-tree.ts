import { Refusal } from "../action.ts";
import { defineCheck, fail, pass } from "../check.ts";
import { plain } from "../plain.ts";
import { shorten } from "../shorten.ts";
import { gitCommand } from "../source/git-command.ts";

/** What git says of a working copy. */
interface Tree {
  /** Undefined where no branch is checked out. */
  readonly branch: string | undefined;
  /** Paths that differ from the last commit, or that it does not hold. */
  readonly changed: readonly string[];
}

const mostNamed = 5;

/**
 * Passes when the working copy has no uncommitted and no untracked changes, and, where that is wanted, is on `branch` and
 * holds all that its upstream has by now (the remote is asked). Fails with what differs.
 */
export const cleanTree = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      directory: z.string().min(1).describe("folder of the working copy"),
      branch: z.string().min(1).optional().describe("branch that must be checked out"),
      upstream: z.boolean().default(false).describe("whether it must hold what its branch's upstream has by now"),
      timeoutSeconds: z.number().positive().max(120).default(20).describe("for each question to git"),
    }),
  async ({ directory, branch, upstream, timeoutSeconds }, context) => {
    const git = (...argv: string[]): Promise<string> =>
      context.exec(gitCommand(directory, ...argv), {
        cwd: ".",
        timeoutSeconds,
        // Nobody is there to type a password.
        environment: { GIT_TERMINAL_PROMPT: "0" },
      });
    const tree = read(await git("status", "--porcelain=v2", "--branch", "--untracked-files=all", "-z"));
    const faults = [
      ...changes(tree),
      ...(branch === undefined || tree.branch === branch ? [] : [`is ${place(tree)}, want ${branch}`]),
      ...(upstream ? await behind(tree, git) : []),
    ];
    if (faults.length > 0) return fail(`${directory} ${faults.join("; ")}`);
    return pass(`${directory} is clean, ${place(tree)}${upstream ? ", and holds what its upstream has" : ""}`);
  },
  { quick: true },
);

/** Reads what `git status --porcelain=v2 --branch -z` prints. */
function read(printed: string): Tree {
  const changed: string[] = [];
  let branch: string | undefined;
  const parts = printed
    .split("\0")
    .filter((part) => part !== "")
    .values();
  for (const part of parts) {
    const [kind = "", ...rest] = part.split(" ");
    if (part.startsWith("# branch.head ")) branch = part.slice("# branch.head ".length);
    else if (kind in fieldsBeforePath) changed.push(rest.slice(fieldsBeforePath[kind]).join(" "));
    // What a renamed file was called before follows in a part of its own.
    if (kind === "2") parts.next();
  }
  return { branch: branch === "(detached)" ? undefined : branch, changed };
}

/** By the kind of a line: changed, renamed, unmerged, untracked. */
const fieldsBeforePath: Readonly<Record<string, number>> = { "1": 7, "2": 8, u: 9, "?": 0 };

function changes({ changed }: Tree): string[] {
  if (changed.length === 0) return [];
  const named = changed.slice(0, mostNamed).map((path) => shorten(plain(path), 60));
  const more = changed.length > mostNamed ? `, and ${changed.length - mostNamed} more` : "";
  return [`has changes that are not committed: ${named.join(", ")}${more}`];
}

const place = ({ branch }: Tree): string => (branch === undefined ? "on no branch" : `on ${branch}`);

/** What its upstream has and it has not. Errors: there is no upstream, or it cannot be reached. */
async function behind(tree: Tree, git: (...argv: string[]) => Promise<string>): Promise<string[]> {
  if (tree.branch === undefined) return ["is on no branch, which has an upstream"];
  const format = "--format=%(upstream:remotename) %(upstream:remoteref)";
  const [remote = "", ref = ""] = (await git("for-each-ref", format, `refs/heads/${tree.branch}`)).trim().split(" ");
  if (remote === "" || ref === "")
    throw new Refusal(`${tree.branch} has no upstream: git branch --set-upstream-to=origin/${tree.branch}`);
  const [commit = ""] = (await git("ls-remote", "--exit-code", remote, ref)).split(/\s/);
  return (await holds(commit, git))
    ? []
    : [`lacks ${commit.slice(0, 7)}, where ${remote} has its ${tree.branch} now: git pull`];
}

/** Also false for a commit that was never fetched. */
async function holds(commit: string, git: (...argv: string[]) => Promise<string>): Promise<boolean> {
  try {
    await git("merge-base", "--is-ancestor", commit, "HEAD");
    return true;
  } catch {
    return false;
  }
}
