import { existsSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { inStore } from "../release/store.ts";
import { type Entry, readLedger } from "../runtime/ledger.ts";
import { configure, copyProject, copyStackFile, dropSecrets } from "./project-copy.ts";
import { type Run, run } from "./run.ts";
import { type Deed, type Disturbance, type Moment, type Rule, Script, scriptVariable } from "./script.ts";

const own = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface TestStackOptions {
  /** Folder of the project under test. Default: the current one. */
  readonly project?: string;
  /** The stack whose file is the beginning of the configuration. Default: `staging`. */
  readonly stack?: string;
  /** Values over those of the stack's file, with their full keys: `"shop:release": "v1"`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Added to the environment of everything that runs. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Path of the `pulumi` to use. Default: the embedded engine. */
  readonly engine?: string;
  /** Another working copy: shares its state, its script and its stack's file as it is now. Default: one by itself. */
  readonly beside?: TestStack;
  /** Command lines of processes that outlive a crash of everything, such as your application's. */
  readonly spare?: RegExp;
}

/** A preview or an update. */
export interface Operation extends Run {
  /** What happens to each step that does not stay as it is: `create`, `update`, `delete`. */
  readonly steps: Readonly<Record<string, string>>;
}

/** A copy of a project in a temporary folder, with a backend of its own and steps that do what the test wants. */
export class TestStack {
  readonly folder: string;
  readonly name: string;
  readonly #options: TestStackOptions;
  readonly #script: Script;
  /** The folder with the state and the script. */
  readonly #home: string;
  #rules: Rule[] = [];
  /** The last number that a rule or a run was given. */
  #last = 0;

  /** Errors: there is no such project, or its stack cannot be made. */
  static async open(options: TestStackOptions = {}): Promise<TestStack> {
    const { beside, config = {} } = options;
    const stack = new TestStack(copyProject(resolve(options.project ?? ".")), options);
    if (beside) copyStackFile(beside.folder, stack.folder, stack.name);
    else dropSecrets(stack.folder, stack.name);
    stack.configure(config);
    if (beside) return stack;
    const made = await stack.pulumi("stack", "init", stack.name, "--no-select");
    if (made.ok) return stack;
    stack.remove();
    throw new Error(`the stack ${stack.name} cannot be made: ${made.text}`);
  }

  private constructor(folder: string, options: TestStackOptions) {
    this.folder = folder;
    this.name = options.stack ?? "staging";
    this.#options = options;
    this.#home = options.beside ? options.beside.#home : folder;
    this.#script = new Script(this.#scriptFolder);
  }

  /** Sets configuration, as an edit of the stack's file does. */
  configure(config: Readonly<Record<string, unknown>>): void {
    configure(this.folder, this.name, config);
  }

  /** Instead of running, a step or every use of an action gives this receipt. */
  answer(name: string, receipt: unknown, times?: number): void {
    this.#plan(name, { answer: receipt }, times);
  }

  /** Instead of running, a step or every use of an action fails with this message. */
  fail(name: string, message: string, times?: number): void {
    this.#plan(name, { fail: message }, times);
  }

  /** Kills or interrupts within a step or an action, once. Returns a question: has it happened? Needs /proc. */
  crash(name: string, when: Moment = "before", what: Disturbance = "everything"): () => boolean {
    const id = this.#plan(name, { disturb: what, when }, 1);
    return () => this.#script.hasHalted(id);
  }

  /** Everything runs for real again. */
  forget(): void {
    this.#rules = [];
    this.#script.write([]);
  }

  #plan(name: string, deed: Deed, times: number | undefined): number {
    const id = ++this.#last;
    // What is said last counts first.
    this.#rules = [{ id, name, deed, ...(times === undefined ? {} : { times }) }, ...this.#rules];
    this.#script.write(this.#rules);
    return id;
  }

  preview(...flags: string[]): Promise<Operation> {
    return this.#operate("preview", ...flags);
  }

  up(...flags: string[]): Promise<Operation> {
    return this.#operate("up", "--yes", "--skip-preview", ...flags);
  }

  /** Goes back to a release, by default the one before: `switchback rollback`. */
  rollback(release?: string): Promise<Run> {
    return this.switchback("rollback", ...(release === undefined ? [] : [release]), "--yes");
  }

  /** Takes away the lock of an update that was killed, as `pulumi cancel` does. */
  unlock(): Promise<Run> {
    return this.pulumi("cancel", "--yes", "--stack", this.name);
  }

  /** Any command of `switchback`, for this stack. */
  switchback(...words: string[]): Promise<Run> {
    const engine = this.#options.engine === undefined ? "embedded" : "pulumi";
    const [command = "", ...rest] = words;
    return this.#run(process.execPath, [
      own("../cli/bin/switchback.mjs"),
      command,
      "--stack",
      this.name,
      "--engine",
      engine,
      ...rest,
    ]);
  }

  /** Any command of the engine. */
  pulumi(...words: string[]): Promise<Run> {
    return this.#run(this.#engine, [...words, "--non-interactive"]);
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.#read("stack", "output", "--json", "--show-secrets")) as Record<string, unknown>;
  }

  /** The state, as `pulumi stack export` prints it. */
  async state(): Promise<{ readonly deployment: { readonly resources?: readonly Resource[] } }> {
    return JSON.parse(await this.#read("stack", "export")) as Awaited<ReturnType<TestStack["state"]>>;
  }

  /** The receipts in the state, by the names of their steps. */
  async receipts(): Promise<Record<string, unknown>> {
    const { resources = [] } = (await this.state()).deployment;
    const steps = resources.filter(({ type }) => type === stepType);
    return Object.fromEntries(
      steps.map(({ urn, outputs }) => [nameOf(urn), JSON.parse(outputs?.stdout as string) as unknown]),
    );
  }

  /** The ledger of a store; its folder as in the configuration. */
  ledger(store: string): Entry[] {
    return readLedger(inStore.ledger(resolve(this.folder, store)));
  }

  /** Removes the folder. What your steps have started elsewhere is yours to end. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  get #scriptFolder(): string {
    return join(this.#home, ".switchback/script");
  }

  get #engine(): string {
    return this.#options.engine ?? own("../engine/bin/pulumi");
  }

  get #environment(): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: options = "", PATH: path = "" } = process.env;
    return {
      ...process.env,
      PATH: [dirname(process.execPath), dirname(this.#engine), path].join(delimiter),
      NODE_OPTIONS: `${options} --import ${new URL("preload.mjs", import.meta.url).href}`.trim(),
      [scriptVariable]: this.#scriptFolder,
      NODE_COMPILE_CACHE: join(this.folder, ".switchback/compiled"),
      NODE_COMPILE_CACHE_PORTABLE: "1",
      // Another working copy has the state of the first; a project's own is where its Pulumi.yaml says.
      PULUMI_BACKEND_URL: this.#options.beside && `file://${join(this.#home, ".switchback/backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "testing",
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // What the embedded engine refuses, an update here may find half-way: it is only a test's environment.
      SWITCHBACK_PREVIEWED: "true",
      // The CLI finds its plugins in its home; ours needs none, and shall not write into anybody's.
      ...(this.#options.engine === undefined ? { PULUMI_HOME: join(this.folder, ".switchback/home") } : {}),
      NO_COLOR: "1",
      ...this.#options.environment,
    };
  }

  async #read(...words: string[]): Promise<string> {
    const { stdout } = await execa(this.#engine, [...words, "--stack", this.name], this.#where);
    return stdout;
  }

  get #where() {
    return { cwd: this.folder, env: this.#environment, extendEnv: false } as const;
  }

  async #operate(...words: string[]): Promise<Operation> {
    const log = join(this.folder, `.switchback/events-${++this.#last}`);
    const run = await this.pulumi(...words, "--stack", this.name, "--event-log", log);
    const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
    const events = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Event);
    const planned = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
    const steps = planned
      .filter(({ type, op }) => type === stepType && op !== "same")
      .map(({ urn, op }) => [nameOf(urn), op]);
    return { ...run, steps: Object.fromEntries(steps) as Record<string, string> };
  }

  #run(program: string, words: readonly string[]): Promise<Run> {
    return run(program, words, this.#where, this.#script, this.#options.spare ?? /^$/);
  }
}

export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Event {
  readonly resourcePreEvent?: {
    readonly metadata: { readonly op: string; readonly urn: string; readonly type: string };
  };
}

const stepType = "command:local:Command";

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
