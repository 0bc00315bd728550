import { parseArgs } from "node:util";
import { refuse, UserError } from "./user-error.ts";

/** The flags of all commands; none means different things to two of them, but for the two of `config set-all`. */
const switches =
  "clear-pending-creates config-path create debug diff disable-integrity-checking emoji expect-no-changes force full-dates json logflow logtostderr no-select non-interactive path plaintext preserve-config preview-only secret show-config show-full-output show-ids show-name show-reads show-replacement-steps show-sames show-secrets show-urns skip-pending-creates skip-preview suppress-outputs suppress-progress yes";
const values =
  "client color config-file event-log exec-agent exec-kind file message page page-size parallel refresh secrets-provider stack suppress-permalink verbose";
const shorts = { stack: "s", message: "m", parallel: "p", refresh: "r", verbose: "v", yes: "y", json: "j", debug: "d", emoji: "e", "skip-preview": "f" }; // prettier-ignore

/** Flags the CLI knows and the engine leaves to it. */
const refused =
  "attach-debugger continue-on-error copy-config-from exclude exclude-dependents exclude-protected ignore-protect import-file import-pending-creates plan policy-pack policy-pack-config remote replace run-program save-plan strict target target-dependents target-replace";

type Words<S extends string> = S extends `${infer Word} ${infer Rest}` ? Word | Words<Rest> : S;
interface Lists {
  config?: string[];
  plaintextPairs?: string[];
  secretPairs?: string[];
}
export type Flags = Partial<Record<Words<typeof switches>, boolean> & Record<Words<typeof values>, string>> & Lists;

type Options = Record<string, { type: "string" | "boolean"; short?: string; multiple?: boolean }>;

/** `config set-all` takes its pairs in `--plaintext` and `--secret`, which are switches elsewhere. */
export function parseFlags(argv: string[], takesPairs = false): { args: string[]; flags: Flags } {
  const option = (type: "string" | "boolean") => (name: string) => {
    const short = (shorts as Record<string, string>)[name];
    return [name, { type, ...(short && { short }) }] as const;
  };
  const options: Options = {
    ...Object.fromEntries([...switches.split(" ").map(option("boolean")), ...values.split(" ").map(option("string"))]),
    config: { type: "string", short: "c", multiple: true },
    ...(takesPairs && { plaintext: { type: "string", multiple: true }, secret: { type: "string", multiple: true } }),
  };
  try {
    const { positionals, values } = parseArgs({ args: spelledOut(argv, options), options, allowPositionals: true });
    const { plaintext, secret, ...others } = values;
    const pairs = takesPairs ? { plaintextPairs: plaintext, secretPairs: secret } : { plaintext, secret };
    return { args: positionals, flags: { ...others, ...pairs } as Flags };
  } catch (error) {
    const [, flag = ""] = /Unknown option '(-[^']*)'/.exec((error as Error).message) ?? [];
    if (refused.split(" ").includes(flag.replace(/^--/, ""))) throw refuse(flag);
    throw new UserError(flag ? `unknown flag: ${flag}` : (error as Error).message);
  }
}

/** `--refresh` alone means `--refresh=true`; Go's `--yes=true` is plain `--yes`. */
function spelledOut(argv: string[], options: Options): string[] {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const spelled = argv.slice(0, end).flatMap((word) => {
    if (word === "--refresh" || word === "-r") return ["--refresh=true"];
    const [, name = "", value] = /^--([^=]+)=(true|false)$/.exec(word) ?? [];
    if (options[name]?.type !== "boolean") return [word];
    return value === "true" ? [`--${name}`] : [];
  });
  return [...spelled, ...argv.slice(end)];
}
