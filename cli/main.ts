import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { Refusal } from "../actions/action.ts";
import { Problem } from "./problem.ts";
import { asTyped, commandName, note } from "./say.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** What a command gives back: its exit code. */
type Act = (argument: string | undefined, options: never) => Promise<number>;

/** Runs the `switchback` command. Returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // Who reads through `head` has seen enough; what is under way goes on.
  process.stdout.on("error", () => undefined);
  let code = 0;
  const program = describeProgram((act) => async (argument, options) => {
    code = await act(argument, options);
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return explain(error);
  }
}

/** Says what went wrong, for people. Returns the exit code. */
export function explain(error: unknown): number {
  // It has said what is wrong itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Problem || error instanceof Refusal) {
    note(`switchback: ${asTyped(error.message)}`);
    return error instanceof Problem ? error.exitCode : 1;
  }
  const text = error instanceof Error ? error.message : String(error);
  note(`switchback: ${text}`);
  // A disk that is full, a file that may not be read: the system's own words say which.
  if (error instanceof Error && "syscall" in error) return 1;
  if (process.env.SWITCHBACK_DEBUG && error instanceof Error) note(error.stack ?? "");
  else note("That is a mistake in switchback. SWITCHBACK_DEBUG=1 shows where.");
  return 1;
}

/** What can never be a release is said before anything is made for it. */
function wantTag(tag: string): string {
  if (/^[^-/\s\p{Cc}][^/\s\p{Cc}]*$/u.test(tag)) return tag;
  throw new InvalidArgumentError("A release is a tag without slashes and spaces.");
}

function wantMinutes(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && minutes <= 24 * 60) return minutes;
  throw new InvalidArgumentError("A number of minutes is expected, at most 1440.");
}

type Run = (act: Act) => (argument: string | undefined, options: never) => Promise<void>;

function describeProgram(run: Run): Command {
  const program = new Command("switchback")
    .description("Releases as Pulumi programs, with a way back.")
    .usage("COMMAND [options]")
    .version(version)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, "switchback: "));
      },
    })
    .showHelpAfterError(`For help: ${commandName()} --help`);
  const add = (usage: string, about: string, load: () => Promise<Act>): Command => {
    const command = program
      .command(usage)
      .description(about)
      .addOption(new Option("--stack <name>", "which environment; default: staging, or the only one"));
    command.addOption(
      new Option("--engine <engine>", "default: the Pulumi CLI where there is one").choices(["pulumi", "embedded"]),
    );
    command.option("--json", "answer as JSON");
    const takes = command.registeredArguments.length > 0;
    return command.action(async (...given: unknown[]) => {
      const [argument, options] = takes ? given : [undefined, given[0]];
      await run(await load())(argument as string | undefined, options as never);
    });
  };
  add("up", "release what is configured, or --release TAG", async () => (await import("./commands/up.ts")).up)
    .option("--release <tag>", "the release; written to the stack's file", wantTag)
    .option("--again", "once more what was released last")
    .option("--yes", "do not ask");
  add(
    "preview",
    "show what `up` would do; changes nothing",
    async () => (await import("./commands/preview.ts")).preview,
  )
    .option("--release <tag>", "a candidate; nothing is written", wantTag)
    .option("--again", "as if once more")
    .option("--diff", "the engine's own preview, in every detail");
  add(
    "status",
    "what the state says, what really serves, whether they agree",
    async () => (await import("./commands/status.ts")).status,
  );
  add(
    "watch",
    "watch the rate of errors after a release, against the one before",
    async () => (await import("./commands/watch.ts")).watch,
  ).option("--minutes <number>", "how long; default: as the pipeline says", wantMinutes);
  add(
    "history",
    "rollouts, newest first, and which release one can go back to",
    async () => (await import("./commands/history.ts")).history,
  );
  add(
    "rollback [release]",
    "go back; default: to the release that served before",
    async () => (await import("./commands/rollback.ts")).rollback,
  ).option("--yes", "do not ask");
  add(
    "report [rollout]",
    "write the report of a rollout; default: the last one",
    async () => (await import("./commands/report.ts")).report,
  );
  add(
    "gates [rollout]",
    "what the gates decided, and by which verdicts; default: of the last one",
    async () => (await import("./commands/gates.ts")).gates,
  );
  add(
    "baseline",
    "write the routes that are there now as those that were reviewed",
    async () => (await import("./commands/baseline.ts")).baseline,
  );
  add(
    "verify",
    "check the ledger, and the artifacts and backups it names",
    async () => (await import("./commands/verify.ts")).verifyEvidence,
  );
  add(
    "unlock",
    "show who holds the environment, and free it from the dead",
    async () => (await import("./commands/unlock.ts")).unlock,
  ).option("--yes", "do not ask");
  add("stop", "end the application on every host", async () => (await import("./commands/stop.ts")).stop);
  return program;
}
