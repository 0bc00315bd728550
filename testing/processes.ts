import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Disturbance, Halt } from "./script.ts";

/** An engine that is interrupted ends its steps within this time, but for those that survive it. */
const interruptMilliseconds = 1000;

/** Does what a step that stands still has announced. `root` is the process the test has started; reads /proc. */
export async function disturb({ pid, disturb }: Halt, root: number, spare: RegExp): Promise<void> {
  const engine = above(pid, isEngine) ?? root;
  const deeds: Record<Disturbance, () => void> = {
    engine: () => send(engine, "SIGKILL"),
    provider: () => send(above(pid, isProvider) ?? engine, "SIGKILL"),
    step: () => send(pid, "SIGKILL"),
    everything: () => killTree(root, spare),
    interrupt: () => send(engine, "SIGINT"),
    "interrupt twice": () => {
      send(engine, "SIGINT");
      send(engine, "SIGINT");
    },
  };
  deeds[disturb]();
  if (!disturb.startsWith("interrupt")) return;
  const end = Date.now() + interruptMilliseconds;
  while (Date.now() < end && commandLine(pid) !== "") await pause(10);
}

/** Kills a process and all it has started, but for those whose command line is to be spared. Reads /proc. */
export function killTree(root: number, spare: RegExp): void {
  for (const victim of [root, ...descendants(root)]) if (!spare.test(commandLine(victim))) send(victim, "SIGKILL");
}

/** The embedded engine or the CLI. */
const isEngine = (program: string, script: string): boolean =>
  /(^|\/)pulumi$/.test(program) || /\/engine\/(bin\/\.\.\/)?main\.m?js$/.test(script);

const isProvider = (program: string): boolean => /(^|\/)pulumi-resource-[^/]+$/.test(program);

/** The nearest process above one that is what is looked for. */
function above(pid: number, isWanted: (program: string, script: string) => boolean): number | undefined {
  for (let parent = parentOf(pid); parent > 1; parent = parentOf(parent)) {
    const [program = "", script = ""] = commandLine(parent).split("\0");
    if (isWanted(program, script)) return parent;
  }
  return undefined;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function descendants(root: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((pid) => [Number(pid), parentOf(Number(pid))]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0;
    return parent === root || (parent > 1 && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

function parentOf(pid: number): number {
  const [, parent = "0"] = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(parent);
}

const commandLine = (pid: number): string => read(`/proc/${pid}/cmdline`);

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
