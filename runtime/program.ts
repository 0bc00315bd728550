import { createInterface } from "node:readline";
import type { ExecOptions } from "../actions/action.ts";
import { Refusal } from "../actions/action.ts";
import { clip } from "./receipt.ts";

/** What a program of ours may see of the environment: enough to find others, nothing of ours. */
const inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSH_AUTH_SOCK", "SystemRoot"];
const lastLines = 15;
/** In characters, of either output: what is given back is kept in memory. */
const mostOutput = 10_000_000;
/** For output that is still on its way when a program has ended: a daemon that it started may hold it open for ever. */
const outputGraceMilliseconds = 1000;

/** Runs a program to its end, its output going to `log`. Errors: it cannot be started, fails, or takes too long. */
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
    maxBuffer: mostOutput,
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
  });
  const tail: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (text) => {
      // Before it is cut, or half a secret would be left at the end.
      const line = clip(redact(text));
      log(line);
      tail.push(line);
      if (tail.length > lastLines) tail.shift();
    });
  }
  child.nodeChildProcess.once("exit", () => {
    setTimeout(() => {
      if (child.stdout.closed && child.stderr.closed) return;
      log("it has left a program behind that holds its output, which is not waited for");
      child.stdout.destroy();
      child.stderr.destroy();
    }, outputGraceMilliseconds).unref();
  });
  const result = await child;
  if (result.failed) throw new Refusal(failure(named, result, tail));
  return result.stdout;
}

function failure(
  named: string,
  result: { exitCode?: number; timedOut: boolean; isCanceled: boolean; isMaxBuffer: boolean; cause?: unknown },
  tail: readonly string[],
): string {
  const what = result.timedOut
    ? "took too long and was ended"
    : result.isCanceled
      ? "was ended"
      : result.isMaxBuffer
        ? "printed more than 10 MB and was ended"
        : result.exitCode === undefined
          ? `cannot be run: ${result.cause instanceof Error ? result.cause.message : "no reason given"}`
          : `failed (exit code ${result.exitCode})`;
  return [`${named}: ${what}`, ...tail.map((line) => `  ${line}`)].join("\n");
}
