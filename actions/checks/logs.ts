import { resolve } from "node:path";
import { defineCheck, fail, pass, unknown, warn } from "../check.ts";
import { parseJson } from "../json-file.ts";
import { plain } from "../plain.ts";
import { entriesSince } from "./log-entries.ts";
import { timeOfEntry, timeOfText, type Zone } from "./log-time.ts";
import { isTrouble, usualTrouble } from "./log-trouble.ts";
import { firstFound, patternSchema } from "./pattern.ts";
import { rolloutBegan } from "./rollout-began.ts";

/**
 * Reads what the application has logged since the rollout began. Passes without errors; warns on what `warn` matches;
 * fails on errors, traces and answers of 5xx that `allowed` does not match. A file that is missing is unknown.
 */
export const logs = defineCheck(
  import.meta.url,
  (z) =>
    z.strictObject({
      directory: z.string().min(1).describe("the host's folder"),
      files: z.array(z.string().min(1)).min(1).describe("the application's log files, from that folder"),
      format: z
        .enum(["plain", "json"])
        .default("plain")
        .describe("json: one object on a line; its level and status count, too"),
      since: z
        .union([z.iso.datetime({ offset: true }), z.number().positive()])
        .optional()
        .describe("the oldest line that counts, as an ISO time or its age in seconds; default: when the rollout began"),
      zone: z.enum(["utc", "local"]).default("utc").describe("how times without a zone are meant"),
      patterns: z
        .array(patternSchema(z))
        .min(1)
        .default([...usualTrouble])
        .describe(
          "regular expressions of what is bad; default: errors and traces of PHP, Python and Node, answers of 5xx",
        ),
      allowed: z.array(patternSchema(z)).default([]).describe("regular expressions of what may be logged nevertheless"),
      warn: z.array(patternSchema(z)).default([]).describe("regular expressions of what is a warning"),
    }),
  async ({ directory, files, format, since, zone, patterns, allowed, warn: warnings }, context) => {
    const from =
      typeof since === "number"
        ? Date.now() - since * 1000
        : since === undefined
          ? rolloutBegan(context.store, context.rollout)
          : Date.parse(since);
    if (from === undefined) return unknown("it is not known when the rollout began: say since when lines count");
    const readLine = format === "json" ? parsed : () => undefined;
    const found = { count: 0, bad: counted(context.log), odd: counted(context.log) };
    for (const file of files) {
      const path = resolve(directory, file);
      for await (const { text } of entriesSince(path, from, (line) => timeOfLine(line, readLine(line), zone))) {
        found.count++;
        for (const part of format === "json" ? partsOf(text) : [text]) {
          if (firstFound(allowed, part) !== undefined) continue;
          const entry = readLine(part);
          if (firstFound(patterns, part) !== undefined) found.bad.add(`${file}: ${lineWith(patterns, part)}`);
          else if (entry !== undefined && isTrouble(entry)) found.bad.add(`${file}: ${lineWith([], part)}`);
          else if (firstFound(warnings, part) !== undefined) found.odd.add(`${file}: ${lineWith(warnings, part)}`);
        }
      }
    }
    const { count, bad, odd } = found;
    const seen = `${count} ${count === 1 ? "entry" : "entries"} since ${new Date(from).toISOString()}`;
    if (bad.count() > 0) return fail(`${seen}, ${bad.count()} bad, first ${bad.first()}`);
    if (odd.count() > 0) return warn(`${seen}, ${odd.count()} to be looked at, first ${odd.first()}`);
    return pass(`${seen} in ${files.join(", ")}, none bad`);
  },
  { timeoutSeconds: 300 },
);

const longestNamed = 200;
const mostLogged = 50;

/** Counts lines, keeps the first one, and puts some into the log: there may be millions. */
function counted(log: (line: string) => void) {
  let [count, first] = [0, ""];
  return {
    add: (line: string): void => {
      if (count === 0) first = line;
      if (count++ < mostLogged) log(line);
    },
    count: () => count,
    first: () => first,
  };
}

/** A structured line, and what a crash has printed behind it: being allowed to the one says nothing of the other. */
function partsOf(text: string): string[] {
  const [line = "", ...others] = text.split("\n");
  return others.length === 0 || parsed(line) === undefined ? [text] : [line, others.join("\n")];
}

/** The line of an entry that says what is wrong: with the first match, otherwise the first. */
function lineWith(patterns: readonly string[], text: string): string {
  const [first = "", ...others] = text.split("\n");
  const line = [first, ...others].find((one) => firstFound(patterns, one) !== undefined) ?? first;
  return plain(line.trim()).slice(0, longestNamed);
}

type Parsed = Readonly<Record<string, unknown>> | undefined;

function parsed(line: string): Parsed {
  const value = line.startsWith("{") ? parseJson(line) : undefined;
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

const timeOfLine = (line: string, entry: Parsed, zone: Zone): number | undefined =>
  entry === undefined ? timeOfText(line, zone) : timeOfEntry(entry, zone);
