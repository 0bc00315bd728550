/** What is bad in logs of plain text, unless said otherwise. */
export const usualTrouble: readonly string[] = [
  String.raw`PHP (Fatal|Parse) error`,
  String.raw`\.(ERROR|CRITICAL|ALERT|EMERGENCY): `,
  "Stack trace:",
  String.raw`Traceback \(most recent call last\):`,
  String.raw`UnhandledPromiseRejection|Uncaught \w*(Error|Exception)`,
  String.raw`^\s+at .+:\d+:\d+\)?$`,
  // An answer of 5xx in the log of a web server.
  String.raw`" 5\d\d (\d+|-)`,
];

const badLevels = ["error", "err", "fatal", "critical", "crit", "alert", "emergency", "emerg", "panic"];

/** Whether a structured line says itself that something went wrong: by its level, or an answer of 5xx. */
export function isTrouble(entry: Readonly<Record<string, unknown>>): boolean {
  const { level_name: name, levelname, severity, level } = entry;
  const said = [name, levelname, severity, level].find((one) => typeof one === "string" || typeof one === "number");
  return isBadLevel(said) || [entry, entry.res, entry.response].some(isServerError);
}

function isBadLevel(level: unknown): boolean {
  if (typeof level === "string") return badLevels.includes(level.toLowerCase());
  // Pino and Bunyan count to 60, Monolog to 600.
  return typeof level === "number" && (level >= 100 ? level >= 400 : level >= 50);
}

function isServerError(value: unknown): boolean {
  const { status, statusCode, status_code: code } = (value ?? {}) as Record<string, unknown>;
  return [status, statusCode, code].map(Number).some((number) => number >= 500 && number <= 599);
}
