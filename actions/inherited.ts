/** Of the environment: enough to find other programs, and nothing of ours. */
const usual = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSH_AUTH_SOCK", "SystemRoot"];

/** What a program that we start may see of our environment: these variables, where they are set. */
export const inherited = (names: readonly string[] = usual): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** The same, and what this program needs beside it. */
export const inheritedAnd = (...more: readonly string[]): Record<string, string> => inherited([...usual, ...more]);
