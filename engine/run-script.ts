import { isUtf8 } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { getSystemErrorMessage } from "node:util";
import type { StepContext } from "./providers.ts";

export interface ScriptOptions {
  interpreter?: string[];
  dir?: string;
  environment?: NodeJS.ProcessEnv;
  stdin?: string;
  /** Which of its streams are reported line by line while it runs. */
  logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
}

/** Runs a script and waits until all who hold its output are done. The error texts are the command provider's. */
export async function runScript(
  command: string,
  { interpreter = [], dir, environment, stdin = "", logging = "stdoutAndStderr" }: ScriptOptions,
  { directory, signal, log }: StepContext,
): Promise<{ stdout: string; stderr: string }> {
  const [file = "", ...args] = interpreter.length > 0 ? interpreter : ["/bin/sh", "-c"];
  const cwd = dir ?? directory;
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };

  /** Answers what went wrong, if anything. */
  async function run(): Promise<string> {
    if (signal.aborted) return "context canceled";
    // It leads a group of its own, so that it is killed with everything it started.
    const options = { cwd, env: { ...process.env, ...environment }, detached: true };
    const child = spawn(file, [...args, command], options);
    const ended = once(child, "close") as Promise<[code: number, signal: NodeJS.Signals | null]>;
    child.stdin.on("error", () => undefined).end(stdin); // a script need not read its input
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("data", (bytes: Buffer) => {
        output[name].push(bytes);
        output.both.push(bytes);
      });
      const isLogged = logging === name || logging === "stdoutAndStderr";
      if (isLogged) createInterface({ input: child[name], crlfDelay: Infinity }).on("line", log);
    }
    const kill = (): void => {
      try {
        process.kill(-(child.pid ?? NaN), "SIGKILL");
      } catch {
        // It has ended by itself, or not begun.
      }
      // Nobody waits for a grandchild that left the group and still holds the pipes.
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    };
    signal.addEventListener("abort", kill);
    const [code, killer] = await ended.finally(() => signal.removeEventListener("abort", kill));
    if (killer) return `signal: ${signalTexts[killer] ?? killer}`;
    return code === 0 ? "" : `exit status ${code}`;
  }

  const problem = await run().catch((error: unknown) => startProblem(file, cwd, error as NodeJS.ErrnoException));
  if (problem !== "") {
    throw new Error(`${problem}: running ${JSON.stringify(command)}:\n${Buffer.concat(output.both).toString()}`);
  }
  return { stdout: textOf(output.stdout), stderr: textOf(output.stderr) };
}

/** Errors: what is no text cannot travel from the CLI's provider to its engine, and so it does not here. */
function textOf(output: Buffer[]): string {
  const bytes = Buffer.concat(output);
  if (!isUtf8(bytes)) throw new Error("grpc: error while marshaling: string field contains invalid UTF-8");
  return bytes.toString().replace(/\n$/, "");
}

function startProblem(file: string, directory: string, { code, errno, message }: NodeJS.ErrnoException): string {
  const isMissing = code === "ENOENT";
  if (isMissing && !existsSync(directory)) return `chdir ${directory}: no such file or directory`;
  if (isMissing && !file.includes("/")) return `exec: "${file}": executable file not found in $PATH`;
  return `fork/exec ${file}: ${errno === undefined ? message : getSystemErrorMessage(errno)}`;
}

/** What Go calls the signals that scripts mostly die of. */
const signalTexts: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGTERM: "terminated",
};
