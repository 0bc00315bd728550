/** The repository's own pipeline with four of its smoke checks: what is proved about steps needs no more, and is quicker. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./engines.ts";

const checks = ["health", "version", "page", "login"].map((name) => `    ${name}: smoke.${name},\n`).join("");

/** The pipeline as it is, for another folder: `from` stands in the place of `./` in what it imports. */
export const ownProgram = (from = "switchback/"): string =>
  readFileSync(join(repository, "index.ts"), "utf8").replaceAll('from "./', `from "${from}`);

/** The same with fewer checks. Errors: index.ts is no longer written as this expects. */
export function leanProgram(from?: string): string {
  const fewer = replaceOnce(ownProgram(from), /^ {2}smoke,\n/m, `  smoke: {\n${checks}  },\n`);
  return replaceOnce(fewer, /^ {2}watch: \{\n(?: {4}.*\n)+ {2}\},\n/m, "");
}

/** For tests that go on from there: what is to be replaced must stand there once, or a test would prove something else. */
export function replaceOnce(text: string, what: RegExp, by: string): string {
  const found = text.match(new RegExp(what.source, `${what.flags}g`)) ?? [];
  if (found.length !== 1) throw new Error(`the pipeline has ${what.source} ${found.length} times, want it once`);
  return text.replace(what, () => by);
}
