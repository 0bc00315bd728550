/** A user's project in a temporary folder, with the sample application's repository and this pipeline, on free ports. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import { makeRepository } from "../../examples/parcel/repository.ts";
import { unpackRecord } from "../../actions/rollout/unpack-record.ts";
import type { RolloutRecord } from "../../release/record.ts";
import { linkPackages as link } from "../../testing/project-copy.ts";
import { freePort } from "../../testing/free-port.ts";
import { type Engine, repository } from "./engines.ts";
import { leanProgram, ownProgram } from "./lean-program.ts";
import { stackFile, wholeSettings } from "./stack-file.ts";

export interface Run {
  readonly exitCode: number | undefined;
  /** Everything it printed. */
  readonly text: string;
  /** Steps that really ran, in the order of their start, without the pipeline's name: `activation`, `smoke-login`. */
  readonly ran: readonly string[];
  /** `resourceChanges` of the summary. */
  readonly changes: Readonly<Record<string, number>>;
}

export interface Outputs {
  readonly serving: string;
  readonly asked: string;
  readonly rollout: string;
  readonly wayBack: { readonly how: string; readonly command: string };
  readonly record: RolloutRecord;
}

export interface ProjectOptions {
  /** Default: one. */
  readonly hosts?: number;
  /** The program. Default: the repository's own `index.ts`, with fewer checks. */
  readonly program?: string;
  /** The repository's own `index.ts` as it is, with all its checks. */
  readonly whole?: boolean;
  /** Further files of the project: path to text. */
  readonly files?: Readonly<Record<string, string>>;
}

export class Project {
  readonly folder: string;
  readonly ports: readonly number[];
  readonly address: string;
  #engine: Engine;

  static async make(
    engine: Engine,
    { hosts = 1, program, whole = false, files = {} }: ProjectOptions = {},
  ): Promise<Project> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "switchback-project-")));
    const ports = await Promise.all(Array.from({ length: hosts }, freePort));
    linkPackages(folder);
    writeFileSync(join(folder, "package.json"), '{"name":"a-users-project","private":true,"type":"module"}\n');
    const project = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
    if (program === undefined) {
      const start = readFileSync(join(repository, "program.mjs"), "utf8");
      writeFileSync(join(folder, "program.mjs"), start.replace('from "./', 'from "switchback/'));
      writeFileSync(join(folder, "index.ts"), whole ? ownProgram() : leanProgram());
      writeFileSync(join(folder, "Pulumi.yaml"), project);
    } else {
      writeFileSync(join(folder, "index.ts"), program);
      writeFileSync(join(folder, "Pulumi.yaml"), project.replace("main: program.mjs", "main: index.ts"));
    }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    mkdirSync(join(folder, ".switchback/backend"), { recursive: true });
    await makeRepository(join(folder, ".switchback/parcel"));
    if (whole) symlinkSync(join(repository, "examples"), join(folder, "examples"));
    const made = new Project(engine, folder, ports);
    writeFileSync(join(folder, "Pulumi.staging.yaml"), stackFile(made.address, ports) + (whole ? wholeSettings : ""));
    await made.pulumi("stack", "init", "staging", "--non-interactive");
    return made;
  }

  private constructor(engine: Engine, folder: string, ports: readonly number[]) {
    this.#engine = engine;
    this.folder = folder;
    this.ports = ports;
    this.address = `http://127.0.0.1:${ports[0] ?? 0}`;
  }

  /** Rewrites the stack file by hand, as people do. */
  edit(change: (text: string) => string): void {
    const file = join(this.folder, "Pulumi.staging.yaml");
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }

  replaceProgram(program: string): void {
    writeFileSync(join(this.folder, "index.ts"), program);
  }

  /** Goes on with another engine. */
  use(engine: Engine): void {
    this.#engine = engine;
  }

  get store(): string {
    return join(this.folder, ".switchback/store");
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: [dirname(process.execPath), dirname(this.#engine.path), process.env.PATH].join(":"),
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      PULUMI_CONFIG_PASSPHRASE: "correct horse",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      SWITCHBACK_PREVIEWED: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      NO_COLOR: "1",
    };
  }

  /** Runs the engine with any arguments. */
  async pulumi(...args: string[]): Promise<{ exitCode: number | undefined; text: string; stdout: string }> {
    const result = await execa(this.#engine.path, args, {
      cwd: this.folder,
      env: this.environment,
      extendEnv: false,
      reject: false,
      all: true,
      timeout: 240_000,
    });
    return { exitCode: result.exitCode, text: result.all, stdout: result.stdout };
  }

  /** Starts an update that a test goes on to disturb. */
  begin(...args: string[]) {
    const all = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "staging", ...args];
    return execa(this.#engine.path, all, {
      cwd: this.folder,
      env: this.environment,
      extendEnv: false,
      reject: false,
      all: true,
      detached: true,
    });
  }

  async config(...args: string[]): Promise<void> {
    const { exitCode, text } = await this.pulumi("config", ...args, "--stack", "staging");
    if (exitCode !== 0) throw new Error(`config ${args.join(" ")}: ${text}`);
  }

  async up(release?: string): Promise<Run> {
    if (release !== undefined) await this.config("set", "switchback:release", release);
    return this.run("up", "--yes", "--skip-preview");
  }

  preview(...args: string[]): Promise<Run> {
    return this.run("preview", ...args);
  }

  private async run(...args: string[]): Promise<Run> {
    const log = join(this.folder, `events-${Date.now()}.json`);
    const { exitCode, text } = await this.pulumi(
      ...args,
      "--non-interactive",
      "--stack",
      "staging",
      "--event-log",
      log,
    );
    const events = existsSync(log) ? readEvents(log) : [];
    const ran = events.flatMap(({ resourcePreEvent }) => {
      const step = resourcePreEvent?.metadata;
      const name = step?.urn.split("::").at(-1) ?? "";
      return step?.type === "command:local:Command" && step.op !== "same" ? [name.replace("parcel-", "")] : [];
    });
    const changes = events.find((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {};
    return { exitCode, text, ran, changes };
  }

  async outputs(): Promise<Outputs> {
    const { stdout } = await this.pulumi("stack", "output", "--json", "--stack", "staging");
    const { record, ...rest } = JSON.parse(stdout) as Omit<Outputs, "record"> & { record: unknown };
    return { ...rest, record: unpackRecord(record) };
  }

  /** What a host really answers. */
  async version(host = 0): Promise<{ release: string; commit: string }> {
    const response = await fetch(`http://127.0.0.1:${this.ports[host] ?? 0}/api/version`, {
      headers: { connection: "close" },
    });
    return (await response.json()) as { release: string; commit: string };
  }

  async schema(): Promise<string> {
    const response = await fetch(`${this.address}/api/health`, { headers: { connection: "close" } });
    return ((await response.json()) as { schema: string }).schema;
  }

  sql(text: string): Record<string, unknown>[] {
    const database = new DatabaseSync(join(this.folder, ".switchback/parcel.sqlite"), { timeout: 5000 });
    try {
      return database.prepare(text).all();
    } finally {
      database.close();
    }
  }

  /** Ends the application on every host, and removes everything. */
  async remove(): Promise<void> {
    for (const index of this.ports.keys()) {
      const cwd = join(this.folder, `.switchback/host-${index}`);
      if (existsSync(join(cwd, "current")))
        await execa(process.execPath, ["current/bin/parcel.ts", "stop"], { cwd, reject: false });
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

interface Event {
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
  readonly summaryEvent?: { readonly resourceChanges: Record<string, number> };
}

function readEvents(log: string): Event[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Event);
}

/** This package and those it uses, as an installation has them. */
export function linkPackages(folder: string): void {
  const packages = join(folder, "node_modules");
  link(join(repository, "node_modules"), packages);
  symlinkSync(repository, join(packages, "switchback"));
}
