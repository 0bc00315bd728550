import { readIfThere } from "../files.ts";
import { defineCheck, fail, pass, unknown } from "../check.ts";
import { patternSchema } from "./pattern.ts";
import { lastWords, nameOf, printedBy } from "./program.ts";
import { argvSchema, runOnTarget, targetSchema } from "./target.ts";

/**
 * Runs a type checker or linter (tsc, phpstan, mypy). Passes with no more errors than the baseline, and says so where it
 * can be lowered; fails with more. Unknown when the program fails without an error that could be counted.
 */
export const typeErrors = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      ...targetSchema(z),
      argv: argvSchema(z),
      pattern: patternSchema(z).describe(
        'regular expression of one error, such as "error TS\\\\d+:"; or of the line with their number, that in its first group: "Found (\\\\d+) errors?"',
      ),
      baseline: z
        .union([z.int().min(0), z.string().min(1)])
        .default(0)
        .describe("errors there may be: a number, or the file in the project that holds it"),
    }),
  async ({ argv, pattern, baseline, ...target }, context) => {
    const most = typeof baseline === "number" ? baseline : numberIn(baseline);
    if (typeof most === "string") return unknown(most);
    const outcome = await runOnTarget(argv, target, context);
    const count = countErrors(printedBy(argv, outcome), pattern);
    const name = nameOf(argv);
    // A checker that fell over has counted nothing, and must not look like one that found nothing.
    if (count === 0 && outcome.exitCode !== 0)
      return unknown(`${name}: exit code ${outcome.exitCode}, and no error was counted: ${lastWords(outcome)}`);
    const seen = `${name}: ${count} error${count === 1 ? "" : "s"}`;
    if (count > most) return fail(`${seen}, want at most ${most}`);
    return pass(count < most ? `${seen}: the baseline can be lowered from ${most}` : seen);
  },
  { timeoutSeconds: 1800 },
);

/** Matches, or the last number that a matching line says. */
export function countErrors(text: string, pattern: string): number {
  const matches = [...text.matchAll(new RegExp(pattern, "gm"))];
  const said = matches.at(-1)?.[1];
  return said !== undefined && /^\d+$/.test(said) ? Number(said) : matches.length;
}

function numberIn(file: string): number | string {
  const text = readIfThere(file)?.trim();
  if (text === undefined) return `${file}: there is no such baseline. Write the number of errors into it`;
  return /^\d{1,9}$/.test(text) ? Number(text) : `${file}: holds no number`;
}
