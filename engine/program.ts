import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { UserError } from "./user-error.ts";
import type { ChildProcess } from "node:child_process";
import type { Project } from "./workspace.ts";

export interface ProgramOptions {
  project: Project;
  stack: string;
  /** Where the engine serves. */
  address: string;
  parallel: number;
  preview: boolean;
  config: { values: Record<string, string>; secretKeys: string[] };
  onLine(line: string, isError: boolean): void;
}

/** The exit code of a program that has told its failure already. */
const alreadyTold = 32;

/** The user's program in a process of its own, started through the SDK's own entry point. */
export class Program {
  private readonly child: ChildProcess;
  /** What to say about its end, if anything: an exit code nobody has explained yet. */
  readonly ended: Promise<{ ok: boolean; problem?: string }>;

  constructor(options: ProgramOptions) {
    const { project } = options;
    this.child = spawn(process.execPath, argumentsOf(options), {
      cwd: project.programDirectory,
      env: environmentOf(options),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const name of ["stdout", "stderr"] as const) {
      const stream = this.child[name];
      if (stream)
        createInterface({ input: stream }).on("line", (line) => {
          options.onLine(line, name === "stderr");
        });
    }
    this.ended = new Promise((resolve) => {
      this.child.on("error", (error) => {
        resolve({ ok: false, problem: `the program cannot be started: ${error.message}` });
      });
      this.child.on("close", (code, signal) => {
        resolve(endOf(code, signal));
      });
    });
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

function endOf(code: number | null, signal: string | null): { ok: boolean; problem?: string } {
  if (code === 0) return { ok: true };
  if (code === alreadyTold) return { ok: false };
  const how = signal ? `Program was ended by ${signal}` : `Program exited with non-zero exit code: ${code ?? ""}`;
  return { ok: false, problem: `an unhandled error occurred: ${how}` };
}

function argumentsOf({ project, stack, address, parallel, preview }: ProgramOptions): string[] {
  const flags = {
    monitor: address,
    engine: address,
    sync: join(tmpdir(), "pulumi-node-pipes"),
    organization: "organization",
    project: project.name,
    "root-directory": project.root,
    stack,
    pwd: project.programDirectory,
    parallel: String(parallel),
  };
  return [
    ...(project.options.nodeargs?.split(/\s+/).filter(Boolean) ?? []),
    entryPoint(project),
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ...(preview ? ["--dry-run"] : []),
    project.program,
  ];
}

function entryPoint({ programDirectory }: Project): string {
  try {
    return createRequire(join(programDirectory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new UserError(
      `${programDirectory}: the package @pulumi/pulumi is not installed here. Install the project's packages, for example with npm install`,
    );
  }
}

function environmentOf({ project, config }: ProgramOptions): NodeJS.ProcessEnv {
  const { typescript = true, tsconfig } = project.options;
  return {
    // Compiled code is kept between runs: half of a small program's time goes into compiling the SDK.
    NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(config.values),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
}
