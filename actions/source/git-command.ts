import { resolve } from "node:path";

/**
 * The words of a git command that reads a repository and runs nothing of it: no hooks, no monitor of its files. A commit
 * is what its id says, whatever `refs/replace/` holds, and the index is left as it is.
 */
export const gitCommand = (repository: string, ...argv: readonly string[]): [string, ...string[]] => [
  "git",
  "--no-replace-objects",
  "--no-optional-locks",
  ...["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false"],
  ...["-C", resolve(repository)],
  ...argv,
];
