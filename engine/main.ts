import { parseFlags, print, type Commands } from "./command-line.ts";
import { refuse, UserError } from "./user-error.ts";

/** Where the commands are, by their first word. Loaded when asked for: start-up is most of what small ones take. */
const modules: Record<string, () => Promise<{ commands: Commands }>> = {
  "cancel destroy preview refresh up update": () => import("./commands/operations.ts"),
  config: () => import("./commands/config.ts"),
  "stack version --version whoami": () => import("./commands/stack.ts"),
};

export async function main(argv: string[]): Promise<void> {
  // Whoever reads along may stop reading; that is no reason to break off.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    await run(argv);
  } catch (error) {
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
    // A file that cannot be read or written is nothing for a stack trace, either.
    const isClear = error instanceof UserError || (error instanceof Error && "syscall" in error);
    process.stderr.write(`error: ${isClear ? error.message : ((error as Error).stack ?? String(error))}\n`);
  }
}

async function run(words: string[]): Promise<void> {
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
  if (!command) throw refuse(`\`pulumi ${name}\``);
  const { args, flags } = parseFlags(words.slice(name.split(" ").length), name === "config set-all");
  await command(flags, args);
}
