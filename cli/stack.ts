import { mkdirSync, existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { EngineEvent, Stack as AutomationStack } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { describe, type Engine, rootOf } from "./engine.ts";
import { type EnvironmentSettings, readEnvironment } from "./environment.ts";
import { explainFailure, NoSuchStack } from "./failure.ts";
import { readLease } from "../runtime/lease.ts";
import { type LockHolder, lockHolder } from "./lock.ts";
import { hasPassphrase, makePassphrase, passphraseVariables } from "./passphrase.ts";
import { Problem } from "./problem.ts";
import type { Project } from "./project.ts";
import type { StackFile } from "./stack-file.ts";
import { note } from "./say.ts";
import { readState, type State } from "./state.ts";

/** One update in the stack's own history. */
export interface Update {
  readonly kind: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly message: string;
  readonly result: string;
}

/** A stack as the commands work on it: through its engine, from the project's folder. */
export class Stack {
  readonly name: string;
  readonly project: Project;
  readonly file: StackFile;
  readonly engine: Engine;
  #announced = false;
  #opened: Promise<AutomationStack> | undefined;

  constructor(name: string, project: Project, file: StackFile, engine: Engine) {
    this.name = name;
    this.project = project;
    this.file = file;
    this.engine = engine;
  }

  get settings(): EnvironmentSettings {
    return readEnvironment(this.file.name, this.project.config, this.file.config());
  }

  /** Undefined when the stack was never made. */
  async state(): Promise<State | undefined> {
    this.#makeBackend();
    try {
      return readState(await this.#run(["stack", "export", "--stack", this.name]));
    } catch (error) {
      if (error instanceof NoSuchStack) return undefined;
      throw error;
    }
  }

  /** Newest first. */
  async history(): Promise<Update[]> {
    return JSON.parse(
      await this.#run(["stack", "history", "--json", "--page-size", "1000", "--stack", this.name]),
    ) as Update[];
  }

  /** Makes the stack, and a passphrase where the project keeps its own state and nobody has said one. */
  async make(): Promise<void> {
    if (this.project.localBackend === undefined) {
      throw new Problem(`${this.name}: there is no such stack. To make it: pulumi stack init ${this.name}`);
    }
    this.#makeBackend();
    if (!hasPassphrase(this.project.folder)) {
      this.file.forgetSalt();
      makePassphrase(this.project.folder);
    }
    await this.#run(["stack", "init", this.name]);
  }

  /** Plans with another stack file. Changes nothing. */
  async preview(configFile: string, onEvent: (event: EngineEvent) => void): Promise<void> {
    const stack = await this.#automation();
    await stack.preview({ configFile, onEvent, color: "never" }).catch((error: unknown) => {
      throw explainFailure(error, this.name);
    });
  }

  /** What the engine itself would print of a preview. */
  async diff(configFile: string): Promise<string> {
    return this.#run(["preview", "--diff", "--config-file", configFile, "--stack", this.name]);
  }

  /** Carries out what was previewed. */
  async up(message: string, onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    const stack = await this.#automation();
    // The Automation API's own flag for it, --skip-preview, does not say that there was one.
    stack.workspace.envVars.SWITCHBACK_PREVIEWED = "true";
    await stack.up({ message, onEvent, signal, color: "never" }).catch((error: unknown) => {
      throw explainFailure(error, this.name);
    });
  }

  /** Who updates the stack. `isSilent`: the lease's engine, where it cannot be seen from here, counts as dead. */
  lockHolder(isSilent = false): LockHolder {
    const { backend, name } = this.project;
    const owner = readLease(this.settings.store)?.engine;
    return lockHolder(backend, name, this.name, owner && { owner, isSilent });
  }

  /** The Automation API's own stack, made once: a preview and the update after it share it. */
  #automation() {
    this.#opened ??= this.#openAutomation();
    return this.#opened;
  }

  async #openAutomation(): Promise<AutomationStack> {
    this.#announce();
    this.#wantPassphrase();
    // Loaded here, because it takes longer than everything else that most commands do.
    const { LocalWorkspace, PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    const environment = this.#environment();
    process.env.PATH = environment.PATH;
    const pulumiCommand = await PulumiCommand.get(this.engine.name === "embedded" ? { root: rootOf(this.engine) } : {});
    const options = { workDir: this.project.folder, envVars: environment, pulumiCommand };
    return LocalWorkspace.selectStack({ stackName: this.name, workDir: this.project.folder }, options).catch(
      (error: unknown) => {
        throw explainFailure(error, this.name);
      },
    );
  }

  /** Said when the engine is first needed, and once. */
  #announce(): void {
    if (!this.#announced) note(describe(this.engine));
    this.#announced = true;
  }

  async #run(argv: readonly string[]): Promise<string> {
    this.#announce();
    const result = await execa(this.engine.executable, [...argv, "--non-interactive", "--color", "never"], {
      cwd: this.project.folder,
      env: this.#environment(),
      reject: false,
    });
    if (!result.failed) return result.stdout;
    throw explainFailure(result, this.name);
  }

  /** The Node that runs this comes first: programs and steps need one that is new enough. */
  #environment(): Record<string, string> {
    const folders = [dirname(process.execPath), ...(process.env.PATH ?? "").split(delimiter)];
    if (this.engine.name === "pulumi") folders.push(dirname(this.engine.executable));
    const usable = folders.filter((folder, index) => folders.indexOf(folder) === index && !this.#hidesEngine(folder));
    return {
      PATH: usable.join(delimiter),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...passphraseVariables(this.project.folder),
    };
  }

  /** An embedded engine on PATH, in front of the CLI that was chosen. */
  #hidesEngine(folder: string): boolean {
    return (
      this.engine.name === "pulumi" &&
      folder !== dirname(this.engine.executable) &&
      folder !== dirname(process.execPath) &&
      existsSync(join(folder, "pulumi"))
    );
  }

  #makeBackend(): void {
    if (this.project.localBackend !== undefined) mkdirSync(this.project.localBackend, { recursive: true });
  }

  #wantPassphrase(): void {
    if (this.project.localBackend === undefined || hasPassphrase(this.project.folder)) return;
    throw new Problem(
      `${this.name}: its secrets were made with a passphrase that is not here. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.`,
    );
  }
}
