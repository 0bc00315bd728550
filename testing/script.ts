import { createHash } from "node:crypto";
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../actions/files.ts";
import { canonical } from "../release/digest.ts";

/**
 * When, within a step: before its action does anything, at the n-th thing that it tells, logs, runs or calls, or when it is
 * done, which nobody knows yet. `recorded`: behind the step's entry in the ledger, before anything else knows of it.
 */
export type Moment = "before" | "after" | "recorded" | { readonly inside: number };

/**
 * What happens there. `engine`: the engine is killed, the step goes on alone. `provider`: the plugin that runs the step is
 * killed; the embedded engine has it within, and dies itself. `step`: the step's process is killed. `everything`: all of
 * them and what they started, as when the machine loses its power. `interrupt`: Ctrl-C, once or twice.
 */
export type Disturbance = "engine" | "provider" | "step" | "everything" | "interrupt" | "interrupt twice";

/** What a step, or every use of an action, does in the place of its own work. */
export type Deed =
  { readonly answer: unknown } | { readonly fail: string } | { readonly disturb: Disturbance; readonly when: Moment };

export interface Rule {
  readonly id: number;
  /** Of a step (`shop-smoke-login`), or of an action (`actions/checks/login`, `./checks/queue`). */
  readonly name: string;
  readonly deed: Deed;
  /** How often; then the next rule for the same name counts, or the action itself. Default: always. */
  readonly times?: number;
}

/** One use of an action by a step's process. */
export interface Use {
  readonly step: string;
  readonly action: string;
  readonly rollout: string;
  /** False where one action calls another, as a gate that asks a check again. */
  readonly own: boolean;
  /** `answered` and `failed` are the script's doing. */
  readonly how: "began" | "ended" | "threw" | "answered" | "failed";
}

/** A step's process that stands still until the test has done what it announced. */
export interface Halt {
  readonly pid: number;
  readonly disturb: Disturbance;
  readonly file: string;
}

/** Where steps find the folder of their test's script. */
export const scriptVariable = "SWITCHBACK_TEST_SCRIPT";

/** What a test has planned for its steps, and what they did: files in a folder, because every step is a process. */
export class Script {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    for (const name of ["calls", "halted", "halts", "used"]) mkdirSync(join(folder, name), { recursive: true });
  }

  write(rules: readonly Rule[]): void {
    writeAtomic(join(this.#folder, "rules.json"), JSON.stringify(rules));
  }

  /** Takes the rule for a use of an action. A step's rule also counts where its check is asked again by a gate. */
  take(step: string, action: string, args: unknown, own: boolean): Rule | undefined {
    const file = join(this.#folder, "rules.json");
    const calls = join(
      this.#folder,
      "calls",
      createHash("sha1")
        .update(canonical([action, args]))
        .digest("hex"),
    );
    if (own) {
      mkdirSync(calls, { recursive: true });
      closeSync(openSync(join(calls, step), "a"));
    }
    const names = [action, ...(own ? [step] : existsSync(calls) ? readdirSync(calls) : [])];
    const rules = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Rule[]) : [];
    return rules.find((rule) => names.includes(rule.name) && this.#use(rule));
  }

  /** Each time is a file that only one process can make. */
  #use({ id, times }: Rule): boolean {
    if (times === undefined) return true;
    for (let time = 1; time <= times; time++) {
      try {
        closeSync(openSync(join(this.#folder, "used", `${id}-${time}`), "wx"));
        return true;
      } catch {
        // Somebody else had this one.
      }
    }
    return false;
  }

  note(use: Use): void {
    appendFileSync(join(this.#folder, "uses.jsonl"), `${JSON.stringify(use)}\n`);
  }

  uses(): Use[] {
    const file = join(this.#folder, "uses.jsonl");
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Use);
  }

  /** Stands still, for good where the process is killed. Everything stops: that is what a cut is like. */
  halt(rule: number, disturb: Disturbance): void {
    closeSync(openSync(join(this.#folder, "halted", `${rule}`), "a"));
    const file = join(this.#folder, "halts", `${process.pid}`);
    writeAtomic(file, JSON.stringify({ pid: process.pid, disturb }));
    while (existsSync(file)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }

  /** Whether the rule's moment was ever reached. */
  hasHalted(rule: number): boolean {
    return existsSync(join(this.#folder, "halted", `${rule}`));
  }

  halts(): Halt[] {
    const folder = join(this.#folder, "halts");
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ ...(JSON.parse(readFileSync(join(folder, name), "utf8")) as Halt), file: join(folder, name) }));
  }
}
