import { Refusal } from "../action.ts";

/** What a report says of the tests that were run. */
export interface Tally {
  readonly passed: number;
  /** Names of those that failed. */
  readonly failed: readonly string[];
  /** Left out, or expected to fail. */
  readonly skipped: number;
}

export const sumOf = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
  failed: tallies.flatMap(({ failed }) => failed),
  skipped: tallies.reduce((sum, { skipped }) => sum + skipped, 0),
});

/** Reads a report in JUnit's XML. Errors: it is none, or defines entities, which reports have no need of. */
export async function readJunit(text: string): Promise<Tally> {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Refusal("the report defines entities of its own: it is not read");
  if (!isWhole(text)) throw new Refusal("the report is no XML, or was cut short");
  const { XMLParser } = await import("fast-xml-parser");
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", parseAttributeValue: false });
  const root = parser.parse(text) as Record<string, unknown>;
  if (!("testsuites" in root || "testsuite" in root)) throw new Refusal("the report is no JUnit report");
  return sumOf(tallies(root));
}

/** The parser takes what is cut short for a whole: a document ends with the element it began with. */
function isWhole(text: string): boolean {
  const document = text.replace(/^\s*<\?xml[^>]*>/, "").trim();
  const root = /<([A-Za-z]\w*)/.exec(document)?.[1];
  return root !== undefined && (document.endsWith(`</${root}>`) || /^<[^<]*\/>$/.test(document));
}

/** Suites stand in suites, at most as deep as the parser goes. */
function tallies(node: unknown): Tally[] {
  return childrenOf(node).flatMap((child) => [
    ...listOf(child.testcase).map(tallyOf),
    ...[child.testsuites, child.testsuite].flatMap(tallies),
  ]);
}

function tallyOf(test: unknown): Tally {
  const { name, classname, failure, error, skipped } = childrenOf(test)[0] ?? {};
  const named = [classname, name].filter((part) => typeof part === "string" && part !== "").join(" ");
  if (failure !== undefined || error !== undefined) return { passed: 0, failed: [named], skipped: 0 };
  return skipped === undefined ? { passed: 1, failed: [], skipped: 0 } : { passed: 0, failed: [], skipped: 1 };
}

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

const childrenOf = (value: unknown): Record<string, unknown>[] =>
  listOf(value).map((one) => (typeof one === "object" && one !== null ? (one as Record<string, unknown>) : {}));

/** Reads a report in TAP; of subtests the innermost count. */
export async function readTap(text: string): Promise<Tally> {
  const { Parser } = await import("tap-parser");
  const counts = { passed: 0, skipped: 0 };
  const failed: string[] = [];
  const follow = (parser: InstanceType<typeof Parser>): void => {
    let children = 0;
    let failedBefore = 0;
    parser.on("child", (child: InstanceType<typeof Parser>) => {
      if (children++ === 0) failedBefore = failed.length;
      follow(child);
    });
    parser.on("assert", (test: { ok: boolean; name: string; skip: unknown; todo: unknown }) => {
      // The line behind a subtest only sums it up, unless nothing in it says why it failed.
      const isSum = children > 0 && (test.ok || failed.length > failedBefore);
      children = 0;
      if (isSum) return;
      if (test.skip !== false || test.todo !== false) counts.skipped++;
      else if (test.ok) counts.passed++;
      else failed.push(test.name);
    });
  };
  const root = new Parser((results) => {
    const { bailout, ok, failures } = results;
    if (bailout !== false) failed.push(`bailed out${typeof bailout === "string" ? `: ${bailout}` : ""}`);
    else if (!ok && failed.length === 0)
      failed.push(failures.map((failure) => ("tapError" in failure ? String(failure.tapError) : "")).join(" "));
  });
  follow(root);
  root.end(text);
  return { ...counts, failed };
}
