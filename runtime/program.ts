import { createInterface } from "node:readline";
import type { ExecOptions } from "../actions/action.ts";
import { Refusal } from "../actions/action.ts";
import { clip } from "./receipt.ts";

/** What a program of ours may see of the environment: enough to find others, nothing of ours. */
const inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSH_AUTH_SOCK", "SystemRoot"];
const lastLines = 15;
/** Of a program's output in the log, in characters; what comes after is counted, and its end is kept. */
const longestLog = 5_000_000;
/** Of what is given back, in characters. */
const longestResult = 10_000_000;
/** For output that is still on its way when a program has ended: a daemon that it started may hold it open for ever. */
const outputGraceMilliseconds = 1000;

/**
 * Runs a program to its end, its output going to `log`; returns its standard output, the first 10 MB of it. Errors: it
 * cannot be started, fails, or takes too long.
 */
export async function runProgram(
  argv: readonly string[],
  options: ExecOptions,
  { signal, log, redact }: { signal: AbortSignal; log: (line: string) => void; redact: (text: string) => string },
): Promise<string> {
  // Loading it takes longer than most steps, and few of them start a program.
  const { execa } = await import("execa");
  const [file = "", ...args] = argv;
  const kept = Object.fromEntries(
    inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const named = redact(argv.join(" "));
  log(`$ ${named}`);
  const child = execa(file, args, {
    cwd: options.cwd,
    env: { ...kept, ...options.environment },
    extendEnv: false,
    stdin: "ignore",
    cancelSignal: signal,
    killDescendants: true,
    forceKillAfterDelay: 2000,
    reject: false,
    // Much output is no failure, and is not kept in memory.
    buffer: false,
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
  });
  const output = keepOutput(log);
  for (const input of [child.stdout, child.stderr]) {
    // Before it is cut, or half a secret would be left at the end.
    createInterface({ input }).on("line", (text) => {
      output.add(clip(redact(text)));
    });
  }
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text.slice(0, longestResult - stdout.length);
  });
  child.nodeChildProcess.once("exit", () => {
    setTimeout(() => {
      if (child.stdout.closed && child.stderr.closed) return;
      log("it has left a program behind that holds its output, which is not waited for");
      child.stdout.destroy();
      child.stderr.destroy();
    }, outputGraceMilliseconds).unref();
  });
  const result = await child;
  output.end();
  if (result.failed) throw new Refusal(failure(named, result, output.tail));
  return stdout.replace(/\r?\n$/, "");
}

/** Puts lines into a log until they are too many, and keeps the last ones. */
function keepOutput(log: (line: string) => void) {
  const tail: string[] = [];
  let logged = 0;
  let left = 0;
  return {
    tail,
    add: (line: string): void => {
      logged += line.length;
      if (logged <= longestLog) log(line);
      else left++;
      tail.push(line);
      if (tail.length > lastLines) tail.shift();
    },
    end: (): void => {
      if (left === 0) return;
      log(`... ${left} more lines, too many to keep. The last ones:`);
      for (const line of tail) log(line);
    },
  };
}

function failure(
  named: string,
  result: { exitCode?: number; timedOut: boolean; isCanceled: boolean; cause?: unknown },
  tail: readonly string[],
): string {
  const what = result.timedOut
    ? "took too long and was ended"
    : result.isCanceled
      ? "was ended"
      : result.exitCode === undefined
        ? `cannot be run: ${result.cause instanceof Error ? result.cause.message : "no reason given"}`
        : `failed (exit code ${result.exitCode})`;
  return [`${named}: ${what}`, ...tail.map((line) => `  ${line}`)].join("\n");
}
