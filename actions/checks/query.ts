import { isDeepStrictEqual } from "node:util";
import { defineCheck, fail, pass, unknown, warn } from "../check.ts";
import { callSchema } from "./inner-call.ts";

type Value = string | number | boolean | null;
type Row = Readonly<Record<string, Value>>;

/** What asking some database answers. */
export interface Queried {
  readonly rows: readonly Row[];
  /** From the question to its last row. */
  readonly milliseconds: number;
  /** True when it was ended because it took too long; there are no rows then. */
  readonly ended: boolean;
}

/**
 * Asks a database, such as by `call(querySqlite, { path, sql })`. Passes with the answer that is wanted, in time; warns
 * above `targetMilliseconds`; fails with another answer, or above `limitMilliseconds`.
 */
export const query = defineCheck(
  import.meta.url,
  (z) => {
    const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
    return z
      .strictObject({
        ask: callSchema(z).describe("the question: call(querySqlite, { path, sql })"),
        rows: z.array(z.record(z.string(), value)).optional().describe("all rows that are wanted, in their order"),
        scalar: value.optional().describe("the one value that is wanted"),
        min: z.number().optional().describe("the least that the one value may be"),
        max: z.number().optional().describe("the most that the one value may be"),
        targetMilliseconds: z.number().positive().optional().describe("a slower answer is a warning"),
        limitMilliseconds: z.number().positive().optional().describe("a slower answer fails"),
      })
      .refine(
        ({ rows, scalar, min, max, limitMilliseconds }) =>
          [rows, scalar, min, max, limitMilliseconds].some((given) => given !== undefined),
        "expects nothing, so it would always pass: give rows, scalar, min, max or limitMilliseconds",
      )
      .refine(({ targetMilliseconds: target = 0, limitMilliseconds: limit = Infinity }) => target < limit, {
        path: ["targetMilliseconds"],
        message: "is not below the limit, so it would never warn",
      });
  },
  async ({ ask, targetMilliseconds, limitMilliseconds = Infinity, ...wanted }, context) => {
    const { rows, milliseconds, ended } = (await context.call(ask)) as Queried;
    const took = `${Math.round(milliseconds)} ms`;
    if (milliseconds > limitMilliseconds) return fail(`the query took ${took}, want at most ${limitMilliseconds} ms`);
    if (ended) return unknown(`the query was ended after ${took}`);
    const wrong = wrongWith(rows, wanted);
    if (wrong !== undefined) return fail(wrong);
    const seen = `the query answered ${rows.length === 1 ? "1 row" : `${rows.length} rows`} as wanted in ${took}`;
    if (targetMilliseconds !== undefined && milliseconds > targetMilliseconds)
      return warn(`${seen}, want ${targetMilliseconds} ms`);
    return pass(seen);
  },
  { quick: true },
);

interface Wanted {
  readonly rows?: readonly Row[] | undefined;
  readonly scalar?: Value | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function wrongWith(rows: readonly Row[], { rows: wanted, scalar, min, max }: Wanted): string | undefined {
  if (wanted !== undefined) {
    if (rows.length !== wanted.length) return `the query answered ${rows.length} rows, want ${wanted.length}`;
    const other = rows.findIndex((row, index) => !isDeepStrictEqual(row, wanted[index]));
    if (other >= 0) return `row ${other + 1} is ${shown(rows[other])}, want ${shown(wanted[other])}`;
  }
  if (scalar === undefined && min === undefined && max === undefined) return undefined;
  const values = Object.values(rows[0] ?? {});
  if (rows.length !== 1 || values.length !== 1)
    return `the query answered ${rows.length} rows of ${values.length} columns, want one value`;
  const value = values[0];
  if (scalar !== undefined && value !== scalar) return `the query answered ${shown(value)}, want ${shown(scalar)}`;
  if (min === undefined && max === undefined) return undefined;
  if (typeof value !== "number") return `the query answered ${shown(value)}, want a number`;
  if (min !== undefined && value < min) return `the query answered ${value}, want at least ${min}`;
  return max !== undefined && value > max ? `the query answered ${value}, want at most ${max}` : undefined;
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 120);
