import { Problem } from "./problem.ts";

/** The backend has no stack of that name. */
export class NoSuchStack extends Problem {}

/** Another update holds the stack's lock. */
export class Locked extends Problem {}

export const lockedBy = (stack: string, by: string): Locked =>
  new Locked(
    `${stack}: another update is at work${by === "" ? "" : `, of ${by}`}. Wait for it to end, then try again.`,
  );

/** The same on another machine: whether it still runs is to be seen only there. */
export const lockedElsewhere = (stack: string, by: string): Locked =>
  new Locked(
    `${stack}: an update of ${by} holds the lock. Wait for it to end, then try again. Is that machine gone? To see: switchback unlock`,
  );

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
  if (text.includes("the stack is currently locked"))
    return lockedBy(stack, /created by (.*?)(?: at .*)?$/m.exec(text)?.[1] ?? "");
  if (/incorrect passphrase|passphrase must be set/.test(text)) {
    return new Problem(
      `${stack}: the passphrase is missing or not the one its secrets were made with. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.`,
    );
  }
  const lines = errorLines(text);
  return new Problem(lines.length > 0 ? lines.join("\n") : `${stack}: the engine failed and did not say why.`);
}

/** Lines that begin with `error:`, each with what is indented under it. */
export function errorLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.replace(/^\s*(stderr|stdout): /, ""));
  const found = lines.flatMap((line) => /^\s*error: (?!update failed|preview failed)(.+)$/.exec(line)?.[1] ?? []);
  return [...new Set(found)];
}
