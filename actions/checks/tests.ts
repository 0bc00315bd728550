import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Context, Refusal } from "../action.ts";
import { defineCheck, fail, pass } from "../check.ts";
import { lastWords, nameOf, printedBy } from "./program.ts";
import { argvSchema, placeOf, runOnTarget, targetSchema } from "./target.ts";
import { readJunit, readTap, sumOf } from "./test-report.ts";

/**
 * Runs tests on the machine that serves and reads their report, which is kept. Passes when at least `minimum` ran and all
 * of those passed; fails naming the first that did not, and when none or too few ran. Without a report of this run,
 * nothing can be said.
 */
export const tests = defineCheck(
  import.meta.url,
  (z) =>
    z
      .strictObject({
        ...targetSchema(z),
        argv: argvSchema(z),
        format: z.enum(["junit", "tap"]).describe("kind of the report: JUnit's XML, or TAP"),
        reports: z
          .array(z.string().min(1))
          .default([])
          .describe("files that the command writes, from its folder; none for TAP on its standard output"),
        minimum: z
          .int()
          .min(1)
          .default(1)
          .describe("tests that must have run: a filter that matches nothing proves nothing"),
      })
      .refine(({ format, reports }) => format === "tap" || reports.length > 0, {
        path: ["reports"],
        message: "names no report: give the XML files that the command writes",
      }),
  async ({ argv, format, reports, minimum, ...target }, context) => {
    const paths = reports.map((report) => resolve(placeOf(target), report));
    const before = paths.map(changedAt);
    const outcome = await runOnTarget(argv, target, context);
    const end = `${nameOf(argv)}: exit code ${outcome.exitCode}: ${lastWords(outcome)}`;
    paths.forEach((path, index) => {
      const changed = changedAt(path);
      if (changed === undefined || changed === before[index])
        throw new Refusal(`${reports[index] ?? ""} was not written: ${end}`);
    });
    if (paths.length === 0) printedBy(argv, outcome);
    const texts = paths.length === 0 ? [outcome.stdout] : paths.map(readReport);
    const files = keep(texts, reports, context);
    const { passed, failed, skipped } = sumOf(await Promise.all(texts.map(format === "junit" ? readJunit : readTap)));
    const ran = passed + failed.length;
    const seen = `${passed} of ${ran} tests passed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    if (failed.length > 0) return { ...fail(`${seen}: ${named(failed)}`), files };
    if (ran === 0) return { ...fail(`ran no test${skipped > 0 ? `, ${skipped} skipped` : ""}: ${end}`), files };
    if (ran < minimum) return { ...fail(`${seen}, want at least ${minimum}`), files };
    return { ...(outcome.exitCode === 0 ? pass(seen) : fail(`${seen}, but ${end}`)), files };
  },
  { timeoutSeconds: 1800 },
);

const mostBytes = 32 * 1024 * 1024;
const mostNamed = 3;

const named = (failed: readonly string[]): string =>
  failed
    .slice(0, mostNamed)
    .map((name) => `"${name.slice(0, 100)}" failed`)
    .join(", ") + (failed.length > mostNamed ? ", ..." : "");

const changedAt = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mtimeMs;

function readReport(path: string): string {
  if (statSync(path).size > mostBytes) throw new Refusal(`${path}: is larger than ${mostBytes / 1024 / 1024} MB`);
  return readFileSync(path, "utf8");
}

const keep = (texts: readonly string[], reports: readonly string[], context: Pick<Context, "keep">): string[] =>
  texts.map((text, index) => {
    const name = basename(reports[index] ?? "tests.tap");
    return context.keep(texts.length > 1 ? `${index + 1}-${name}` : name, text);
  });
