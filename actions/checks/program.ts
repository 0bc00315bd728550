import { statSync } from "node:fs";
import { type Context, type ExecOptions, Refusal } from "../action.ts";

/** How a program ended, and what it printed: the first 10 MB of either stream. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether all that it printed is there. */
  readonly isWhole: boolean;
}

/** What a program of ours may see of the environment: enough to find others, nothing of ours. */
const inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "SystemRoot"];
/** Of each stream, in characters. */
const longestKept = 10_000_000;
const longestLine = 64_000;
/** Of a program's output in the log, in characters. */
const longestLog = 5_000_000;
/** For output that is still on its way when a program has ended: a daemon that it started may hold it open for ever. */
const outputGraceMilliseconds = 1000;

/**
 * Runs a program to its end, whatever its exit code; what it prints goes to the log. Errors: it cannot be run, was ended
 * by a signal, or took too long.
 */
export async function runToEnd(
  argv: readonly string[],
  { cwd, environment, timeoutSeconds }: ExecOptions,
  { signal, log }: Pick<Context, "signal" | "log">,
): Promise<Outcome> {
  // A missing folder would be reported as a missing program.
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw new Refusal(`${cwd}: there is no such folder`);
  // Loading it takes longer than most checks, and few of them start a program.
  const { execa } = await import("execa");
  const [file = "", ...args] = argv;
  log(`$ ${argv.join(" ")}`);
  const child = execa(file, args, {
    ...{ cwd, env: { ...ownEnvironment(), ...environment }, extendEnv: false, stdin: "ignore", cancelSignal: signal },
    ...{ killDescendants: true, forceKillAfterDelay: 2000, reject: false, buffer: false },
    ...(timeoutSeconds === undefined ? {} : { timeout: Math.ceil(timeoutSeconds * 1000) }),
  });
  const lines = limited(log);
  const stdout = follow(child.stdout, lines.add);
  const stderr = follow(child.stderr, lines.add);
  child.nodeChildProcess.once("exit", () => {
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, outputGraceMilliseconds).unref();
  });
  const result = await child;
  const outcome = { stdout: stdout(), stderr: stderr() };
  lines.end();
  if (result.exitCode === undefined || result.timedOut || result.isCanceled)
    throw new Refusal(`${nameOf(argv)} ${endOf(result)}`);
  const isWhole = outcome.stdout.length < longestKept && outcome.stderr.length < longestKept;
  return { exitCode: result.exitCode, ...outcome, isWhole };
}

/** Both streams, for who judges the words of a program. Errors: it printed so much that not all was kept. */
export function printedBy(argv: readonly string[], { stdout, stderr, isWhole }: Outcome): string {
  if (!isWhole) throw new Refusal(`${nameOf(argv)} printed more than ${longestKept / 1_000_000} MB, too much to judge`);
  return [stdout, stderr].filter((text) => text !== "").join(stdout.endsWith("\n") ? "" : "\n");
}

/** A command as a verdict names it. */
export const nameOf = (argv: readonly string[]): string => {
  const name = argv.join(" ").replaceAll(/\s+/g, " ");
  return name.length > 100 ? `${name.slice(0, 97)}...` : name;
};

/** The last lines that say something: of the errors, or of what else was printed. */
export function lastWords({ stdout, stderr }: Pick<Outcome, "stdout" | "stderr">): string {
  const linesOf = (text: string): string[] =>
    text
      .slice(-longestLine)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const [errors, others] = [linesOf(stderr), linesOf(stdout)];
  const last = (errors.length > 0 ? errors : others).slice(-2).map((line) => line.slice(0, 150));
  return last.length === 0 ? "it printed nothing" : last.join(" / ");
}

const ownEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(inherited.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])));

function endOf(result: { timedOut: boolean; isCanceled: boolean; signal?: string; cause?: unknown }): string {
  if (result.timedOut) return "took too long and was ended";
  if (result.isCanceled) return "was ended, the time of the step is over";
  if (result.signal !== undefined) return `was ended by ${result.signal}`;
  const { code, message } = (result.cause ?? {}) as { code?: string; message?: string };
  return code === "ENOENT"
    ? "cannot be run: there is no such program"
    : `cannot be run: ${message ?? "no reason given"}`;
}

/** Hands on line by line what a stream brings, and returns how to get its text. */
function follow(stream: NodeJS.ReadableStream, add: (line: string) => void): () => string {
  let kept = "";
  let line = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    kept += text.slice(0, longestKept - kept.length);
    const parts = text.split("\n");
    const rest = parts.pop() ?? "";
    for (const part of parts) {
      add(line + part);
      line = "";
    }
    line = (line + rest).slice(0, longestLine + 1);
  });
  return () => {
    if (line !== "") add(line);
    return kept;
  };
}

/** Puts lines into a log until they are too many. */
function limited(log: (line: string) => void) {
  let logged = 0;
  let left = 0;
  return {
    add: (line: string): void => {
      // Half a line could end in half a secret, which nothing would recognize as one.
      const shown = line.length > longestLine ? "(a line too long to keep)" : line;
      logged += shown.length;
      if (logged <= longestLog) log(shown);
      else left++;
    },
    end: (): void => {
      if (left > 0) log(`... ${left} more lines, too many to keep`);
    },
  };
}
