import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";

/** A process somewhere that may still be at work. */
export interface Owner {
  readonly machine: string;
  readonly user: string;
  readonly pid: number;
  /**
   * When the process began, in the kernel's own count, and in which run of the kernel: tells it from a later one with the
   * same number. After a restart of the machine numbers and counts repeat.
   */
  readonly began: string;
  /**
   * Where its number means this process: the machine by its own id, and the kernel's PID namespace, as a digest. A
   * container and its host, or two machines, may have the same name. Empty where that is not known, absent in records of
   * earlier versions.
   */
  readonly within?: string;
}

export const ownerShape = { machine: "string", user: "string", pid: "number", began: "string" } as const;

export const thisProcess = (): Owner => ownerOf(process.pid);

/**
 * The engine that runs this step. A shell that only runs the step's command is passed over, and so is the CLI's plugin: it
 * outlives a killed engine by minutes. The kernel cuts names off after 15 bytes.
 */
export function startedBy(): Owner {
  const parent = above(process.ppid, "sh") ?? process.ppid;
  const engine = ownerOf(above(parent, "pulumi-resource") ?? parent);
  return hasTakenIn(engine.pid) ? { ...engine, began: "never" } : engine;
}

/** Whether this is who takes in processes whose parent has died, init or systemd, and no engine at all. */
function hasTakenIn(pid: number): boolean {
  if (statOf(pid)?.[0] === "systemd") return true;
  // In a container the engine itself may be the first process.
  return pid === 1 && !/pulumi|switchback|engine\/main/.test(commandOf(pid));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** The parent of a process, where that has the name. */
function above(pid: number, name: string): number | undefined {
  const [own, , parent] = statOf(pid) ?? [];
  return own === name ? Number(parent) : undefined;
}

/** Whether the owner still runs; undefined when that cannot be seen from this machine. */
export function isAlive(owner: Owner): boolean | undefined {
  if (owner.machine !== hostname() || isApart(owner.within, within())) return undefined;
  return !hasEnded(owner.pid) && began(owner.pid) === owner.began;
}

/** Whether two processes are known to be counted in different places. */
const isApart = (one: string | undefined, other: string | undefined): boolean =>
  Boolean(one) && Boolean(other) && one !== other;

/** Whether no process of this machine with that number runs; one that nobody has reaped yet has ended. */
export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return true;
  }
  return statOf(pid)?.[1] === "Z";
}

/** Whether the owner is a process of this machine that was stopped (Ctrl-Z, a debugger): it lives, and does nothing. */
export const isStopped = (owner: Owner): boolean =>
  isAlive(owner) === true && ["T", "t"].includes(statOf(owner.pid)?.[1] ?? "");

export const isSame = (one: Owner, other: Owner): boolean =>
  one.machine === other.machine &&
  one.pid === other.pid &&
  one.began === other.began &&
  !isApart(one.within, other.within);

export const nameOf = (owner: Owner): string => `${owner.user}@${owner.machine} (pid ${owner.pid})`;

/** A process of this machine. */
export const ownerOf = (pid: number): Owner => ({
  ...{ machine: hostname(), user: userName(), pid, began: began(pid) },
  within: within(),
});

/** A container's user often has a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

/** Empty where there is no /proc. */
function began(pid: number): string {
  const ticks = statOf(pid)?.[20];
  return ticks === undefined ? "" : `${ticks} ${boot()}`;
}

/** Another one after every start of the machine; empty where the kernel does not tell. */
const boot = once(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());

/**
 * A machine without an id of its own is known by its start: after the next one nobody can tell it from another machine, and
 * the heartbeat decides. The id itself is nobody's business.
 */
const within = once(() => {
  const pids = readlinkSync("/proc/self/ns/pid");
  return createHash("sha256")
    .update(`${machineId() || boot()} ${pids}`)
    .digest("hex")
    .slice(0, 16);
});

const machineId = once(() => readFileSync("/etc/machine-id", "utf8").trim());

/** What does not change while this process runs; empty where it cannot be found out. */
function once(find: () => string): () => string {
  let known: string | undefined;
  return () => {
    try {
      known ??= find();
    } catch {
      known = "";
    }
    return known;
  };
}

/** Fields of proc(5)'s stat from the second on: name, state, parent, ... The name stands in parentheses. */
function statOf(pid: number): string[] | undefined {
  try {
    const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return [name, ...rest.split(" ")];
  } catch {
    return undefined;
  }
}
