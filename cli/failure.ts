import { hostname } from "node:os";
import { hasEnded } from "../runtime/owner.ts";
import type { LockHolder } from "./lock.ts";
import { Problem } from "./problem.ts";

/** The backend has no stack of that name. */
export class NoSuchStack extends Problem {}

/** Another update holds the stack's lock. */
export class Locked extends Problem {}

const wait = "Wait for it to end, then try again.";

/** How a stack is freed from an owner of whom only people can know whether he is dead. */
export const cancel = (stack: string): string => `pulumi cancel --stack ${stack}`;

/** Why nobody may update the stack now; undefined when somebody may, or only the engine can tell. */
export function lockedBy(stack: string, { state, by }: Pick<LockHolder, "state" | "by">): Locked | undefined {
  if (state === "somebody") return atWork(stack, by);
  if (state === "unnamed") return atWork(stack, by, unseen(stack));
  if (state === "elsewhere") {
    return new Locked(
      `${stack}: an update of ${by} holds the lock. ${wait} Is that machine gone? To see: switchback unlock`,
    );
  }
  return undefined;
}

const atWork = (stack: string, by: string, more = ""): Locked =>
  new Locked(`${stack}: another update is at work${by === "" ? "" : `, of ${by}`}. ${wait}${more}`);

/** The machine of an owner who cannot be seen may be gone: his lock would stay for ever. */
const unseen = (stack: string): string => ` Is its owner dead? When you know that it is: ${cancel(stack)}`;

interface Failed {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly message?: string;
  readonly exitCode?: number;
}

/** What an engine that failed has to say to people, without what it says to programmers. */
export function explainFailure(error: unknown, stack: string): Problem {
  if (error instanceof Problem) return error;
  const failed = error as Failed;
  const text = [failed.stdout, failed.stderr, failed.message].filter((part) => part !== undefined).join("\n");
  if (text.includes("no stack named")) return new NoSuchStack(`${stack}: this stack has not been made yet.`);
  if (/the stack is currently locked|\[409\] Conflict: Another update is currently in progress/.test(text))
    return lockedInWords(stack, text);
  if (/incorrect passphrase|passphrase must be set/.test(text)) {
    return new Problem(
      `${stack}: the passphrase is missing or not the one its secrets were made with. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.`,
    );
  }
  const lines = errorLines(text);
  return new Problem(lines.length > 0 ? lines.join("\n") : `${stack}: the engine failed and did not say why.`);
}

/** By what the engine says of the owner, whatever backend keeps the lock. */
function lockedInWords(stack: string, text: string): Locked {
  const [, by = "", machine, pid] = /created by (.*@(\S+) \(pid (\d+)\))/.exec(text) ?? [];
  const isAlive = machine === hostname() && !hasEnded(Number(pid));
  return atWork(stack, by, isAlive ? "" : unseen(stack));
}

/** Lines that begin with `error:`, each with what is indented under it. */
export function errorLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/^\s*(stderr|stdout): /, ""));
  const found = lines.flatMap((line) => /^\s*error: (?!update failed|preview failed)(.+)$/.exec(line)?.[1] ?? []);
  return [...new Set(found)];
}
