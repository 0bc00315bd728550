import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { refuse, UserError } from "./user-error.ts";

/** The flags of all commands: none means different things to two of them, but for the two of `config set-all`. */
const switches =
  "clear-pending-creates config-path create debug diff disable-integrity-checking emoji expect-no-changes force full-dates json logflow logtostderr no-select non-interactive path plaintext preserve-config preview-only secret show-config show-full-output show-ids show-name show-reads show-replacement-steps show-sames show-secrets show-urns skip-pending-creates skip-preview suppress-outputs suppress-progress yes";
const values =
  "client color config-file event-log exec-agent exec-kind file message page page-size parallel refresh secrets-provider stack suppress-permalink verbose";
const lists = "config plaintext-pair secret-pair";
const shorts: Record<string, string> = { stack: "s", config: "c", message: "m", parallel: "p", refresh: "r", verbose: "v", yes: "y", json: "j", debug: "d", emoji: "e", "skip-preview": "f" }; // prettier-ignore

/** Flags the CLI knows and the engine leaves to it. */
const refused =
  "all attach-debugger continue-on-error copy-config-from exclude exclude-dependents exclude-protected ignore-protect import-file import-pending-creates plan policy-pack policy-pack-config remote replace run-program save-plan strict target target-dependents target-replace";

type Words<S extends string> = S extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : S;
export type Flags = Partial<
  Record<Words<typeof switches>, boolean> & Record<Words<typeof values>, string> & Record<Words<typeof lists>, string[]>
>;

/** Commands by their full name. */
export type Commands = Record<string, (flags: Flags, args: string[]) => void | Promise<void>>;

const declare = (names: string, option: ParseArgsOptionsConfig[string]): ParseArgsOptionsConfig =>
  Object.fromEntries(
    names.split(" ").map((name) => [name, { ...option, ...(shorts[name] && { short: shorts[name] }) }]),
  );

const options = {
  ...declare(switches, { type: "boolean" }),
  ...declare(values, { type: "string" }),
  ...declare(lists, { type: "string", multiple: true }),
};

/** `config set-all` takes its pairs in `--plaintext` and `--secret`, which are switches elsewhere. */
export function parseFlags(argv: string[], takesPairs = false): { args: string[]; flags: Flags } {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const words = argv
    .slice(0, end)
    .map((word) => (takesPairs ? word.replace(/^--(plaintext|secret)\b/, "$&-pair") : word));
  try {
    const args = [...words.flatMap(spelledOut), ...argv.slice(end)];
    const { positionals, values } = parseArgs({ args, options, allowPositionals: true });
    return { args: positionals, flags: { ...values } };
  } catch (error) {
    const [, flag = ""] = /Unknown option '(-[^']*)'/.exec((error as Error).message) ?? [];
    if (refused.split(" ").includes(flag.replace(/^--/, ""))) throw refuse(flag);
    throw new UserError(flag ? `unknown flag: ${flag}` : (error as Error).message);
  }
}

/** `--refresh` alone means `--refresh=true`; Go's `--yes=true` is plain `--yes`. */
function spelledOut(word: string): string[] {
  if (word === "--refresh" || word === "-r") return ["--refresh=true"];
  const [, name = "", value] = /^--([^=]+)=(true|false)$/.exec(word) ?? [];
  if (options[name]?.type !== "boolean") return [word];
  return value === "true" ? [`--${name}`] : [];
}

/** `KEY=VALUE`, as flags have it. */
export function keyAndValue(pair: string): { key: string; value: string } {
  const [key = "", ...value] = pair.split("=");
  return { key, value: value.join("=") };
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** What a command has found out: `value` for programs, `text` for people. */
export function answer({ json }: Flags, value: unknown, text: string): void {
  print(json ? JSON.stringify(value, null, 2) : text);
}

/** Rows in columns, two spaces between; the first is the heading. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd()).join("\n"); // prettier-ignore
}
