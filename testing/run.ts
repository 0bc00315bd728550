import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { disturb } from "./processes.ts";
import type { Script, Use } from "./script.ts";

/** A command and what came of it. */
export interface Run {
  readonly ok: boolean;
  /** Undefined when the engine was killed. */
  readonly exitCode: number | undefined;
  /** Everything it printed. */
  readonly text: string;
  /** Steps that ran, in the order in which they began. */
  readonly ran: readonly string[];
  /** Every use of an action, also by other actions. */
  readonly uses: readonly Use[];
}

/** Runs a command to its end, and does meanwhile what its steps announce. */
export async function run(
  program: string,
  words: readonly string[],
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly extendEnv: false },
  script: Script,
  spare: RegExp,
): Promise<Run> {
  const before = script.uses().length;
  const running = execa(program, words, { ...where, all: true, reject: false, stdin: "ignore" });
  const over = new AbortController();
  const ended = running.finally(() => {
    over.abort();
  });
  // A step that was to be killed stands still until somebody does it.
  while (!over.signal.aborted) {
    for (const halt of script.halts()) {
      await disturb(halt, running.pid ?? 0, spare);
      rmSync(halt.file, { force: true });
    }
    await Promise.race([ended, pause(10)]);
  }
  const { exitCode, all } = await ended;
  const uses = script.uses().slice(before);
  const ran = uses.filter((use) => use.own && use.how !== "ended" && use.how !== "threw").map(({ step }) => step);
  return { ok: exitCode === 0, exitCode, text: all, ran: [...new Set(ran)], uses };
}
