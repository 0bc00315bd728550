import { type Outcome, Refusal } from "../action.ts";

const longestLine = 64_000;

/** Both streams, for who judges the words of a program. Errors: it printed so much that not all was kept. */
export function printedBy(argv: readonly string[], { stdout, stderr, isWhole }: Outcome): string {
  if (!isWhole) throw new Refusal(`${nameOf(argv)} printed more than 10 MB, too much to judge`);
  return [stdout, stderr].filter((text) => text !== "").join(stdout.endsWith("\n") ? "" : "\n");
}

/** A command as a verdict names it. */
export const nameOf = (argv: readonly string[]): string => {
  const name = argv.join(" ").replaceAll(/\s+/g, " ");
  return name.length > 100 ? `${name.slice(0, 97)}...` : name;
};

/** The last lines that say something: of the errors, or of what else was printed. */
export function lastWords({ stdout, stderr }: Pick<Outcome, "stdout" | "stderr">): string {
  const linesOf = (text: string): string[] =>
    text
      .slice(-longestLine)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const [errors, others] = [linesOf(stderr), linesOf(stdout)];
  const last = (errors.length > 0 ? errors : others).slice(-2).map((line) => line.slice(0, 150));
  return last.length === 0 ? "it printed nothing" : last.join(" / ");
}
