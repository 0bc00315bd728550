import { defineAction, Refusal, type Zod } from "../action.ts";
import { lastBytesOf, linesSince, type Position } from "./log-file.ts";
import { type LineRule, readLine, ruleSchema } from "./log-line.ts";
import { nothing, type Reading, type SourceNeeds, sum } from "./reading.ts";
import type * as zod from "zod";

interface Args {
  readonly files: readonly string[];
  readonly lines: LineRule;
  readonly beforeMegabytes: number;
}

/**
 * Counts with the application's log files, which may be rotated meanwhile. The last `beforeMegabytes` of each are the time
 * before.
 */
export const loggedRequests = defineAction<Args, SourceNeeds, Reading, zod.input<ReturnType<typeof schema>>>(
  import.meta.url,
  {
    args: (z) => schema(z),
    run: async ({ files, lines, beforeMegabytes }, { needs, signal }) => {
      const cursor = needs.CURSOR as readonly (Position | null)[] | undefined;
      const read = async (file: string, from: Position | null) => {
        const count = { ...nothing };
        const position = await linesSince(file, from, signal, (line) => {
          add(count, readLine(line, lines));
        });
        return { count, position };
      };
      const positions = files.map((file, index) =>
        cursor === undefined ? lastBytesOf(file, beforeMegabytes * 1_000_000) : (cursor[index] ?? null),
      );
      const all = await Promise.all(files.map((file, index) => read(file, positions[index] ?? null)));
      // Before a first release there is none yet.
      if (cursor !== undefined && all.every(({ position }) => position === null))
        throw new Refusal(`${files.join(", ")}: there is no such log`);
      const counts = sum(all.map(({ count }) => count));
      const next = all.map(({ position }) => position);
      return cursor === undefined ? { ...nothing, before: counts, cursor: next } : { ...counts, cursor: next };
    },
  },
);

const schema = (z: Zod) =>
  z.strictObject({
    files: z.array(z.string().min(1)).min(1).describe("log files, from the project's folder; one for each host"),
    lines: ruleSchema(z).describe("which lines are requests, and which of them errors"),
    beforeMegabytes: z.number().positive().max(1000).default(20).describe("of each file, for the rate before"),
  });

function add(count: { requests: number; errors: number }, is: "request" | "error" | undefined): void {
  if (is === undefined) return;
  count.requests++;
  if (is === "error") count.errors++;
}
