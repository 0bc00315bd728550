import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineAction, Refusal } from "../../action.ts";
import type { Queried } from "../../checks/query.ts";

interface Args {
  readonly path: string;
  readonly sql: string;
  readonly parameters: readonly (string | number | null)[];
  readonly timeoutSeconds: number;
}

type Given = Pick<Args, "path" | "sql"> & { [Name in "parameters" | "timeoutSeconds"]?: Args[Name] | undefined };

const program = fileURLToPath(new URL("./query-program.mjs", import.meta.url));
const mostBytes = 32 * 1024 * 1024;

/** Asks a database file by SQL, over a connection that cannot write. One that takes too long is ended, and said so. */
export const querySqlite = defineAction<Args, unknown, Queried, Given>(import.meta.url, {
  args: (z) =>
    z.strictObject({
      path: z.string().min(1).describe("the database's file"),
      sql: z.string().min(1).describe("one statement"),
      parameters: z
        .array(z.union([z.string(), z.number(), z.null()]))
        .default([])
        .describe("values of its question marks"),
      timeoutSeconds: z.number().positive().max(240).default(30).describe("when it is ended, in seconds"),
    }),
  quick: true,
  run: async ({ timeoutSeconds, ...query }, { signal }) => {
    if (!existsSync(query.path)) throw new Refusal(`${query.path}: there is no such file`);
    return run(query, Math.ceil(timeoutSeconds * 1000), signal);
  },
});

/** What a query answers may be about people: neither it nor the rows go into a log. */
const run = (query: object, milliseconds: number, signal: AbortSignal): Promise<Queried> =>
  new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ["--no-warnings", program, JSON.stringify(query)],
      { signal, timeout: milliseconds, killSignal: "SIGKILL", maxBuffer: mostBytes, env: {} },
      (error, stdout, stderr) => {
        if (error === null)
          resolve({ ...(JSON.parse(stdout) as Pick<Queried, "rows" | "milliseconds">), ended: false });
        else if (error.killed && error.signal === "SIGKILL") resolve({ rows: [], milliseconds, ended: true });
        else reject(new Refusal(reasonIn(stderr) ?? error.message));
      },
    );
  });

/** The line of an error that Node prints, without where in the program it was. */
const reasonIn = (stderr: string): string | undefined => /^(?:\w*Error): (.+)$/m.exec(stderr)?.[1];
