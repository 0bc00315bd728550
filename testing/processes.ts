import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Disturbance, Halt } from "./script.ts";

/** An engine that is interrupted ends its steps within this time, but for those that survive it. */
const interruptMilliseconds = 1000;

/** Does what a step that stands still has announced. `root` is the process the test has started; reads /proc. */
export async function disturb({ pid, disturb }: Halt, root: number, spare: RegExp): Promise<void> {
  const engine = engineAbove(pid) ?? root;
  const deeds: Record<Disturbance, () => void> = {
    engine: () => send(engine, "SIGKILL"),
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

/** The engine that a step runs under: the embedded one or the CLI. */
function engineAbove(pid: number): number | undefined {
  for (let above = parentOf(pid); above > 1; above = parentOf(above)) {
    const [program = "", script = ""] = commandLine(above).split("\0");
    if (/(^|\/)pulumi$/.test(program) || /\/engine\/(bin\/\.\.\/)?main\.m?js$/.test(script)) return above;
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
