import { Refusal } from "../action.ts";
import { writeAtomic } from "../files.ts";
import { lastWords, nameOf, printedBy } from "./program.ts";
import { readRoutes, type Routes, writtenRoutes } from "./routes-compare.ts";
import { type RunContext, runOnTarget, type Target } from "./target.ts";

/** The routes that the application lists. Errors: its command fails, or prints no list of routes. */
export async function listedRoutes(argv: readonly string[], target: Target, context: RunContext): Promise<Routes> {
  const outcome = await runOnTarget(argv, target, context);
  if (outcome.exitCode !== 0)
    throw new Refusal(`${nameOf(argv)}: exit code ${outcome.exitCode}: ${lastWords(outcome)}`);
  printedBy(argv, outcome);
  const routes = readRoutes(outcome.stdout);
  if (routes === undefined) throw new Refusal(`${nameOf(argv)}: printed no list of routes: ${lastWords(outcome)}`);
  return routes;
}

/** Writes the routes that the application lists as the baseline, for review, and returns their number. Errors: as above. */
export async function writeRoutesBaseline(
  { argv, baseline, ...target }: Target & { readonly argv: readonly string[]; readonly baseline: string },
  context: RunContext,
): Promise<number> {
  const routes = await listedRoutes(argv, target, context);
  if (routes.size === 0) throw new Refusal(`${nameOf(argv)}: lists no route: a baseline of none would prove nothing`);
  writeAtomic(baseline, writtenRoutes(routes));
  return routes.size;
}
