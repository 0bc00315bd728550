import { chdir } from "node:process";
import { parseFlags, print, type Commands } from "./command-line.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { refuse, UserError } from "./user-error.ts";

/** Where the commands are, by their first word. Loaded when asked for: start-up is most of what small ones take. */
const modules: Record<string, () => Promise<{ commands: Commands }>> = {
  "cancel destroy preview refresh up update": () => import("./commands/operations.ts"),
  config: () => import("./commands/config.ts"),
  "stack version --version whoami": () => import("./commands/stack.ts"),
};

/** Commands of the CLI that the engine does not have. */
const refused =
  "about ai console convert deployment do env import install login logout logs new org package plugin policy query schema state template watch";

export async function main(argv: string[]): Promise<void> {
  // Whoever reads along may stop reading; that is no reason to break off.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  listenForInterrupts();
  try {
    await run(argv);
  } catch (error) {
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
    // A file that cannot be read or written is nothing for a stack trace, either.
    const isClear = error instanceof UserError || (error instanceof Error && "syscall" in error);
    process.stderr.write(`error: ${isClear ? error.message : ((error as Error).stack ?? String(error))}\n`);
  }
}

async function run(argv: string[]): Promise<void> {
  // `-C DIRECTORY` may stand anywhere, also in front of the command.
  const words = argv.flatMap((word) => (word.startsWith("--cwd=") ? ["-C", word.slice("--cwd=".length)] : word));
  const at = words.findIndex((word) => word === "-C" || word === "--cwd");
  if (at >= 0) chdir(words.splice(at, 2)[1] ?? "");
  const [first = "--help", second = ""] = words;
  if (/^(-h|help)$/.test(first) || words.concat(first).includes("--help")) {
    const all = await Promise.all(Object.values(modules).map((load) => load()));
    const names = all.flatMap(({ commands }) => Object.keys(commands)).sort();
    print(`Switchback's embedded engine knows these commands:\n  ${names.join("\n  ")}`);
    return;
  }
  const name = /^(config|stack)$/.test(first) && /^\w/.test(second) ? `${first} ${second}` : first;
  const [, load] = Object.entries(modules).find(([known]) => known.split(" ").includes(first)) ?? [];
  const command = (await load?.())?.commands[name];
  if (command) {
    const { args, flags } = parseFlags(words.slice(name.split(" ").length), name === "config set-all");
    return command(flags, args);
  }
  if (load || refused.split(" ").includes(first)) throw refuse(`\`pulumi ${name}\``);
  throw new UserError(`unknown command "${name}" for "pulumi"\nRun 'pulumi --help' for usage.`);
}
