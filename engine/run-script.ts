import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import type { ChildProcess } from "node:child_process";

export interface Script {
  command: string;
  interpreter: string[];
  directory: string;
  environment: NodeJS.ProcessEnv;
  stdin: string;
  /** Which of its streams are reported line by line while it runs. */
  logs: { stdout: boolean; stderr: boolean };
  onLine(line: string): void;
  signal: AbortSignal;
}

export interface ScriptOutput {
  stdout: string;
  stderr: string;
}

const signalTexts: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGALRM: "alarm clock",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGQUIT: "quit",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

/** Runs a script and waits until all who hold its output are done. The error texts are the command provider's. */
export async function runScript(script: Script): Promise<ScriptOutput> {
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
  const problem = await run(script, output);
  if (problem !== undefined) {
    throw new Error(`${problem}: running ${goQuote(script.command)}:\n${Buffer.concat(output.both).toString()}`);
  }
  return { stdout: text(output.stdout), stderr: text(output.stderr) };
}

function text(chunks: Buffer[]): string {
  return Buffer.concat(chunks).toString().replace(/\n$/, "");
}

interface Output {
  stdout: Buffer[];
  stderr: Buffer[];
  both: Buffer[];
}

/** Answers what went wrong, if anything. */
async function run(script: Script, output: Output): Promise<string | undefined> {
  if (script.signal.aborted) return "context canceled";
  let child: ChildProcess;
  try {
    child = start(script);
  } catch (error) {
    return startProblem(script, error as NodeJS.ErrnoException);
  }
  const lines = collect(child, script, output);
  const kill = (): void => {
    killGroup(child);
  };
  script.signal.addEventListener("abort", kill);
  const problem = await endOf(child, script);
  script.signal.removeEventListener("abort", kill);
  await new Promise((resolve) => lines.end(() => setImmediate(resolve)));
  return problem;
}

/** The script gets a group of its own, so that when it is cancelled it is killed with everything it started. */
function start({ interpreter, command, directory: cwd, environment: env, stdin }: Script): ChildProcess {
  const [file = "", ...args] = interpreter;
  const child = spawn(file, [...args, command], { cwd, env, detached: true, stdio: "pipe" });
  child.stdin.on("error", () => undefined); // a script need not read its input
  child.stdin.end(stdin);
  return child;
}

function collect(child: ChildProcess, script: Script, output: Output): PassThrough {
  const lines = new PassThrough();
  createInterface({ input: lines, crlfDelay: Infinity }).on("line", (line) => {
    script.onLine(line);
  });
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (chunk: Buffer) => {
      output[name].push(chunk);
      output.both.push(chunk);
      if (script.logs[name]) lines.write(chunk);
    });
  }
  return lines;
}

function endOf(child: ChildProcess, script: Script): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      resolve(startProblem(script, error));
    });
    child.on("close", (code, signal) => {
      if (signal) resolve(`signal: ${signalTexts[signal] ?? signal}`);
      else resolve(code === 0 ? undefined : `exit status ${code ?? ""}`);
    });
    // After a kill nobody waits for a grandchild that left the group and still holds the pipes.
    child.on("exit", () => {
      if (script.signal.aborted) for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

function startProblem(script: Script, { code }: NodeJS.ErrnoException): string {
  const [file = ""] = script.interpreter;
  if (code === "ENOENT" && !existsSync(script.directory)) return `chdir ${script.directory}: no such file or directory`;
  if (code === "ENOENT" && !file.includes("/")) return `exec: "${file}": executable file not found in $PATH`;
  const reasons: Record<string, string> = {
    ENOENT: "no such file or directory",
    EACCES: "permission denied",
    E2BIG: "argument list too long",
    ENOTDIR: "not a directory",
  };
  return `fork/exec ${file}: ${reasons[code ?? ""] ?? code ?? "cannot be started"}`;
}

/** Quotes as Go's `%q` does, which the command provider uses in its messages. */
export function goQuote(value: string): string {
  const names: Record<string, string> = { "\\u0007": "\\a", "\\u000b": "\\v" };
  return JSON.stringify(value)
    .replaceAll("\x7f", "\\x7f")
    .replace(/(?<!\\)((?:\\\\)*)(\\u00[01][0-9a-f])/g, (_, before: string, escape: string) => {
      return before + (names[escape] ?? escape.replace("u00", "x"));
    });
}
