import { defineCheck, fail, pass, unknown, warn } from "../check.ts";
import { firstFound, patternSchema, toPattern } from "./pattern.ts";
import { lastWords, nameOf, printedBy } from "./program.ts";
import { argvSchema, runOnTarget, targetSchema } from "./target.ts";

/**
 * Runs a command on the machine that serves. Passes when it ends with `exitCode` and prints what it must; warns when it
 * does, and prints something of `warnOn`; fails with its last lines when it ends otherwise. A program that is missing or
 * takes too long is unknown.
 */
export const command = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      ...targetSchema(z),
      argv: argvSchema(z),
      exitCode: z.int().min(0).max(255).default(0).describe("exit code that is wanted"),
      contains: z.array(z.string().min(1)).default([]).describe("texts that its output must have"),
      lacks: z.array(z.string().min(1)).default([]).describe("texts that its output must not have"),
      matches: z
        .array(patternSchema(z))
        .default([])
        .describe("regular expressions that its output must match, line by line"),
      warnOn: z
        .array(patternSchema(z))
        .default([])
        .describe("regular expressions whose match in the output is a warning"),
    }),
  async ({ argv, exitCode, contains, lacks, matches, warnOn, ...target }, context) => {
    const outcome = await runOnTarget(argv, target, context);
    const name = nameOf(argv);
    // Shells and env say it by these codes where the program itself is run by another.
    if ([126, 127].includes(outcome.exitCode) && exitCode !== outcome.exitCode)
      return unknown(`${name} could not run what it should (exit code ${outcome.exitCode}): ${lastWords(outcome)}`);
    if (outcome.exitCode !== exitCode)
      return fail(`${name}: exit code ${outcome.exitCode}, want ${exitCode}: ${lastWords(outcome)}`);
    const done = `${name}: exit code ${exitCode}`;
    if ([contains, lacks, matches, warnOn].every((rules) => rules.length === 0)) return pass(done);
    const text = printedBy(argv, outcome);
    const missing = contains.find((wanted) => !text.includes(wanted));
    if (missing !== undefined) return fail(`${done}, but without "${missing}": ${lastWords(outcome)}`);
    const unwanted = lacks.find((bad) => text.includes(bad));
    if (unwanted !== undefined) return fail(`${done}, but with "${unwanted}"`);
    const unmatched = matches.find((pattern) => !toPattern(pattern).test(text));
    if (unmatched !== undefined) return fail(`${done}, but nothing matches /${unmatched}/: ${lastWords(outcome)}`);
    const warned = firstFound(warnOn, text);
    if (warned !== undefined) return warn(`${done}, with "${toPattern(warned).exec(text)?.[0] ?? ""}"`);
    return pass(`${done}, its output as wanted`);
  },
  { timeoutSeconds: 1800 },
);
