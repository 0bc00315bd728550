import { chdir } from "node:process";
import { UserError } from "./user-error.ts";

/** Runs one command and answers its exit code; nothing means 0. */
type Command = (argv: string[]) => Promise<number | undefined>;

/** Each command is loaded when it is asked for: start-up is most of what small commands take. */
const commands: Record<string, () => Promise<Command>> = {
  about: async () => (await import("./commands/about.ts")).about,
  cancel: async () => (await import("./commands/operations.ts")).cancel,
  config: async () => (await import("./commands/config.ts")).list,
  "config get": async () => (await import("./commands/config.ts")).get,
  "config rm": async () => (await import("./commands/config.ts")).remove,
  "config rm-all": async () => (await import("./commands/config.ts")).removeAll,
  "config set": async () => (await import("./commands/config.ts")).set,
  "config set-all": async () => (await import("./commands/config.ts")).setAll,
  destroy: async () => (await import("./commands/operations.ts")).destroy,
  preview: async () => (await import("./commands/operations.ts")).preview,
  refresh: async () => (await import("./commands/operations.ts")).refresh,
  stack: async () => (await import("./commands/stack.ts")).show,
  "stack export": async () => (await import("./commands/stack-state.ts")).exportState,
  "stack history": async () => (await import("./commands/stack-history.ts")).history,
  "stack import": async () => (await import("./commands/stack-state.ts")).importState,
  "stack init": async () => (await import("./commands/stack.ts")).init,
  "stack ls": async () => (await import("./commands/stack.ts")).list,
  "stack output": async () => (await import("./commands/stack-state.ts")).output,
  "stack rename": async () => (await import("./commands/stack.ts")).rename,
  "stack rm": async () => (await import("./commands/stack.ts")).remove,
  "stack select": async () => (await import("./commands/stack.ts")).select,
  "stack unselect": async () => (await import("./commands/stack.ts")).unselect,
  up: async () => (await import("./commands/operations.ts")).up,
  update: async () => (await import("./commands/operations.ts")).up,
  version: async () => (await import("./commands/about.ts")).version,
  whoami: async () => (await import("./commands/about.ts")).whoami,
};

/** Commands of the CLI that the engine does not have. */
const refused = new Set(
  "ai console convert deployment do env import install login logout logs new org package plugin policy query schema state template watch".split(
    " ",
  ),
);

export async function main(argv: string[]): Promise<void> {
  // Whoever reads along may stop reading; that is no reason to break off.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    process.exitCode = (await run(argv)) ?? 0;
  } catch (error) {
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
    // A file that cannot be read or written is nothing for a stack trace, either.
    const isClear = error instanceof UserError || (error instanceof Error && "syscall" in error);
    const text = isClear ? error.message : ((error as Error).stack ?? String(error));
    process.stderr.write(`error: ${text}\n`);
  }
}

async function run(argv: string[]): Promise<number | undefined> {
  const words = withoutDirectory(argv);
  const [first = "--help", second = ""] = words;
  if (/^(-h|--help|help)$/.test(first) || words.includes("--help")) {
    process.stdout.write(
      `Switchback's embedded engine knows these commands:\n  ${Object.keys(commands).join("\n  ")}\n`,
    );
    return undefined;
  }
  if (first === "--version") return (await commands.version?.())?.([]);
  const longer = commands[`${first} ${second}`];
  const load = longer ?? commands[first];
  if (!load) throw unknownCommand(first);
  if (!longer && /^(config|stack)$/.test(first) && second !== "" && !second.startsWith("-")) {
    throw unknownCommand(`${first} ${second}`);
  }
  return (await load())(words.slice(longer ? 2 : 1));
}

/** `-C DIRECTORY` may stand anywhere, also in front of the command. */
function withoutDirectory(argv: string[]): string[] {
  const at = argv.findIndex((word) => /^(-C|--cwd)$/.test(word));
  const directory = argv[at + 1];
  if (at < 0 || directory === undefined) return argv;
  chdir(directory);
  return [...argv.slice(0, at), ...argv.slice(at + 2)];
}

function unknownCommand(name: string): UserError {
  const [first = ""] = name.split(" ");
  if (refused.has(first) || first in commands) return new UserError(`\`pulumi ${name}\` needs the Pulumi CLI`);
  return new UserError(`unknown command "${name}" for "pulumi"\nRun 'pulumi --help' for usage.`);
}
