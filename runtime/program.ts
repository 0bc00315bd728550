import { statSync } from "node:fs";
import type { Readable } from "node:stream";
import { type Context, type ExecOptions, type Outcome, Refusal } from "../actions/action.ts";
import { nameOf } from "../actions/checks/program.ts";
import { inherited } from "../actions/inherited.ts";
import { clip } from "./receipt.ts";

const lastLines = 15;
/** Of a program's output in the log, in characters; what comes after is counted, and its end is kept. */
const longestLog = 5_000_000;
/** Of each stream that is given back, in characters. */
const longestResult = 10_000_000;
const longestLine = 1_000_000;
/** For output that is still on its way when a program has ended: a daemon that it started may hold it open for ever. */
const outputGraceMilliseconds = 1000;

interface Surroundings extends Pick<Context, "signal" | "log"> {
  readonly redact: (text: string) => string;
}

/** How a step runs programs: see `Context`. */
export function makePrograms(surroundings: Surroundings): Pick<Context, "run" | "exec"> {
  return {
    run: async (argv, options) => {
      const { named, words, outcome } = await runProgram(argv, options, surroundings);
      if (outcome === undefined) throw new Refusal(`${nameOf([named])} ${words}`);
      return outcome;
    },
    exec: async (argv, options) => {
      const { named, words, outcome, tail } = await runProgram(argv, options, surroundings);
      if (outcome?.exitCode === 0) return outcome.stdout.replace(/\r?\n$/, "");
      throw new Refusal([`${named}: ${words}`, ...tail.map((line) => `  ${line}`)].join("\n"));
    },
  };
}

interface Ended {
  /** The command, without secrets. */
  readonly named: string;
  /** How it ended. */
  readonly words: string;
  /** Only of a program that has ended by itself. */
  readonly outcome: Outcome | undefined;
  /** The last lines of its output. */
  readonly tail: readonly string[];
}

/** Runs a program to its end, its output going to `log`. Errors: there is no such folder. */
async function runProgram(
  argv: readonly string[],
  { cwd, environment, timeoutSeconds }: ExecOptions,
  { signal, log, redact }: Surroundings,
): Promise<Ended> {
  // A missing folder would be reported as a missing program.
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw new Refusal(`${cwd}: there is no such folder`);
  // Loading it takes longer than most steps, and few of them start a program.
  const { execa } = await import("execa");
  const [file = "", ...args] = argv;
  const named = redact(argv.join(" "));
  log(`$ ${named}`);
  const child = execa(file, args, {
    cwd,
    env: { ...inherited(), ...environment },
    extendEnv: false,
    stdin: "ignore",
    cancelSignal: signal,
    killDescendants: true,
    forceKillAfterDelay: 2000,
    reject: false,
    // Much output is no failure, and is not kept in memory.
    buffer: false,
    ...(timeoutSeconds === undefined ? {} : { timeout: Math.ceil(timeoutSeconds * 1000) }),
  });
  const output = keepOutput(log, redact);
  const streams = [follow(child.stdout, output.add), follow(child.stderr, output.add)];
  child.nodeChildProcess.once("exit", () => {
    setTimeout(() => {
      if (child.stdout.closed && child.stderr.closed) return;
      log("it has left a program behind that holds its output, which is not waited for");
      child.stdout.destroy();
      child.stderr.destroy();
    }, outputGraceMilliseconds).unref();
  });
  const result = await child;
  const [stdout = "", stderr = ""] = streams.map((end) => end());
  output.end();
  const { exitCode } = result;
  const isWhole = stdout.length < longestResult && stderr.length < longestResult;
  const isByItself = exitCode !== undefined && !result.timedOut && !result.isCanceled;
  const outcome = isByItself ? { exitCode, stdout, stderr, isWhole } : undefined;
  return { named, words: endOf(result), outcome, tail: output.tail };
}

/** Hands on line by line what a stream brings; what is returned ends the last line and gives the text. */
function follow(stream: Readable, add: (line: string) => void): () => string {
  let kept = "";
  let line = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    kept += text.slice(0, longestResult - kept.length);
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

/** Puts lines into a log until they are too many, and keeps the last ones. */
function keepOutput(log: (line: string) => void, redact: (text: string) => string) {
  const tail: string[] = [];
  let logged = 0;
  let left = 0;
  const addOne = (line: string): void => {
    logged += line.length;
    if (logged <= longestLog) log(line);
    else left++;
    tail.push(line);
    if (tail.length > lastLines) tail.shift();
  };
  return {
    tail,
    add: (line: string): void => {
      // Half a line could end in half a secret, which nothing would recognize as one.
      if (line.length > longestLine) addOne("(a line too long to keep)");
      else for (const part of line.replace(/\r$/, "").split("\r")) addOne(clip(redact(part)));
    },
    end: (): void => {
      if (left === 0) return;
      log(`... ${left} more lines, too many to keep. The last ones:`);
      for (const line of tail) log(line);
    },
  };
}

function endOf(result: {
  readonly exitCode?: number;
  readonly signal?: string;
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly cause?: unknown;
}): string {
  if (result.timedOut) return "took too long and was ended";
  const { code, message, name } = (result.cause ?? {}) as Partial<NodeJS.ErrnoException>;
  if (result.isCanceled) return name === "TimeoutError" ? "was ended, the time of the step is over" : "was ended";
  if (result.signal !== undefined) return `was ended by ${result.signal}`;
  if (result.exitCode !== undefined) return `failed (exit code ${result.exitCode})`;
  return code === "ENOENT"
    ? "cannot be run: there is no such program"
    : `cannot be run: ${message ?? "no reason given"}`;
}
