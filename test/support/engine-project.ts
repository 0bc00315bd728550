import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { ChildProcess } from "node:child_process";

const root = dirname(dirname(import.meta.dirname));
export const engineExecutable = join(root, "engine", "bin", "pulumi");
/** A salt under the passphrase `test`, so that a project need not spend the time to make one. */
export const salt = "v1:fuT5o63c0gA=:v1:sFlTeQPFKKUfaXRA:AZj7jPUXjq0YRFwS7bQD9HZZbhcOaw==";

/** What programs in these tests begin with: `step` traces what really runs into the file `$TRACE`. */
export const preamble = `
import * as pulumi from "@pulumi/pulumi";
import { local } from "@pulumi/command";
const stage = new pulumi.Config().get("stage") ?? "1";
const step = (name: string, args: local.CommandArgs = {}, opts?: pulumi.CustomResourceOptions) =>
  new local.Command(name, {
    create: \`echo create \${name} >> $TRACE; echo \${name} done\`,
    delete: \`echo delete \${name} >> $TRACE\`,
    ...args,
  }, opts);
`;

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface StoredResource {
  urn: string;
  id?: string;
  type: string;
  delete?: boolean;
  parent?: string;
  dependencies?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

export interface Event {
  resourcePreEvent?: { metadata: { op: string; urn: string; diffs?: string[]; detailedDiff?: object } };
  resOutputsEvent?: { metadata: { op: string; urn: string } };
  resOpFailedEvent?: { metadata: { op: string; urn: string } };
  diagnosticEvent?: { urn?: string; message: string; severity: string; ephemeral?: boolean };
  summaryEvent?: { resourceChanges: Record<string, number>; result: string; maybeCorrupt: boolean };
  cancelEvent?: object;
}

/** A Pulumi project with a backend of its own, in a folder that goes away with the test. */
export class EngineProject {
  readonly directory = mkdtempSync(join(tmpdir(), "engine-test-"));
  readonly backend = join(this.directory, "backend");
  readonly environment: NodeJS.ProcessEnv;
  private runs = 0;

  constructor(program = "", options: { stack?: boolean; rehearses?: boolean; files?: Record<string, string> } = {}) {
    onTestFinished(() => {
      rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
    });
    this.environment = {
      PATH: process.env.PATH,
      HOME: this.directory,
      // Or every test would compile everything anew.
      NODE_COMPILE_CACHE: join(homedir(), ".cache/switchback"),
      TRACE: join(this.directory, "trace"),
      PULUMI_HOME: join(this.directory, "home"),
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      // An update looks first for what it would refuse. That runs the program once more: only in tests that are about it.
      ...(options.rehearses ? {} : { SWITCHBACK_PREVIEWED: "true" }),
    };
    symlinkSync(join(root, "node_modules"), join(this.directory, "node_modules"));
    this.write("package.json", '{ "type": "module" }');
    this.write(
      "Pulumi.yaml",
      "name: case\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: index.ts\n",
    );
    this.write("index.ts", preamble + program);
    this.write("trace", "");
    if (options.stack !== false) {
      this.addStack("dev");
      this.select("dev");
    }
    for (const [file, text] of Object.entries(options.files ?? {})) this.write(file, text);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.directory, file)), { recursive: true });
    writeFileSync(join(this.directory, file), text);
  }

  program(text: string): void {
    this.write("index.ts", preamble + text);
  }

  /** An empty stack, selected. */
  addStack(stack: string): void {
    const latest = {
      manifest: { time: "", magic: "", version: "" },
      secrets_providers: { type: "passphrase", state: { salt } },
    };
    const checkpoint = { version: 3, checkpoint: { stack: `organization/case/${stack}`, latest } };
    this.write("backend/.pulumi/meta.yaml", "version: 1\n");
    this.write(`backend/.pulumi/stacks/case/${stack}.json`, JSON.stringify(checkpoint));
    this.write(`Pulumi.${stack}.yaml`, `encryptionsalt: ${salt}\n`);
  }

  private select(stack: string): void {
    const hash = createHash("sha1").update(join(this.directory, "Pulumi.yaml")).digest("hex");
    const stacks = { [`file://${this.backend}`]: `organization/case/${stack}` };
    this.write(`home/workspaces/case-${hash}-workspace.json`, JSON.stringify({ stacks }));
  }

  config(values: Record<string, string>, stack = "dev"): void {
    const lines = Object.entries(values).map(([key, value]) => `  case:${key}: ${JSON.stringify(value)}\n`);
    this.write(`Pulumi.${stack}.yaml`, `encryptionsalt: ${salt}\nconfig:\n${lines.join("")}`);
  }

  start(...args: string[]): { child: ChildProcess; ended: Promise<Result> } {
    const child = spawn(engineExecutable, args, { cwd: this.directory, env: this.environment });
    const result: Result = { code: null, stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (result.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (result.stderr += chunk.toString()));
    const ended = new Promise<Result>((resolve) => {
      child.on("close", (code) => {
        resolve({ ...result, code });
      });
    });
    return { child, ended };
  }

  pulumi(...args: string[]): Promise<Result> {
    return this.start(...args).ended;
  }

  /** Runs `up`, `preview`, `destroy` or `refresh` and answers what it told. */
  async operate(...args: string[]): Promise<Result & { events: Event[]; steps: string[]; problems: string[] }> {
    const log = join(this.directory, `events-${++this.runs}`);
    const yes = args[0] === "preview" ? [] : ["--yes", "--skip-preview"];
    const result = await this.pulumi(...args, ...yes, "--event-log", log);
    const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : [];
    const events = lines.map((line) => JSON.parse(line) as Event);
    return { ...result, events, steps: stepsOf(events), problems: problemsOf(events) };
  }

  trace(): string[] {
    return readFileSync(join(this.directory, "trace"), "utf8").split("\n").filter(Boolean);
  }

  stateText(stack = "dev"): string {
    return readFileSync(join(this.backend, ".pulumi", "stacks", "case", `${stack}.json`), "utf8");
  }

  resources(stack = "dev"): StoredResource[] {
    const parsed = JSON.parse(this.stateText(stack)) as { checkpoint: { latest: { resources?: StoredResource[] } } };
    return parsed.checkpoint.latest.resources ?? [];
  }

  resource(name: string): StoredResource {
    const found = this.resources().find(({ urn }) => urn.endsWith(`::${name}`));
    if (!found) throw new Error(`no resource ${name} in the state`);
    return found;
  }

  files(...path: string[]): string[] {
    const directory = join(this.backend, ".pulumi", ...path);
    return existsSync(directory) ? readdirSync(directory).sort() : [];
  }
}

/** `create a ok`, in the order in which they started; the stack and the default providers are left out. */
function stepsOf(events: Event[]): string[] {
  const label = ({ op, urn }: { op: string; urn: string }): string => `${op} ${urn.split("::").at(-1) ?? ""}`;
  const results = new Map<string, string>();
  for (const { resOutputsEvent, resOpFailedEvent } of events) {
    if (resOutputsEvent) results.set(label(resOutputsEvent.metadata), "ok");
    if (resOpFailedEvent) results.set(label(resOpFailedEvent.metadata), "failed");
  }
  return events
    .flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []))
    .filter(({ urn }) => !/::pulumi:(pulumi:Stack|providers:)/.test(urn))
    .map((metadata) => `${label(metadata)} ${results.get(label(metadata)) ?? "no result"}`);
}

function problemsOf(events: Event[]): string[] {
  return events.flatMap(({ diagnosticEvent: diagnostic }) =>
    diagnostic && /^(error|warning)$/.test(diagnostic.severity) ? [diagnostic.message.trim()] : [],
  );
}
