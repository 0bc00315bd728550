import { cliVersion } from "../checkpoint.ts";
import { parseFlags } from "../command-line.ts";
import { defaultParallel, locked, perform } from "../perform.ts";
import { removeLocks } from "../lock.ts";
import { applyConfigFlags, openSession } from "../workspace.ts";
import { UserError, refuse } from "../user-error.ts";
import type { Flags } from "../command-line.ts";
import type { EventSink } from "../events.ts";
import type { Outcome } from "../perform.ts";
import type { Session } from "../workspace.ts";

type Kind = "update" | "refresh" | "destroy";

const titles: Record<Kind, [doing: string, previewing: string]> = {
  update: ["Updating", "Previewing update"],
  refresh: ["Refreshing", "Previewing refresh"],
  destroy: ["Destroying", "Previewing destroy"],
};

export async function preview(argv: string[]): Promise<number> {
  const { flags } = parseFlags(argv);
  const session = openSession(flags);
  applyConfigFlags(session, flags);
  return exitCode(flags, await operate(session, flags, "update", true), "for preview but changes were proposed");
}

export const up = (argv: string[]): Promise<number> => change(argv, "update");
export const refresh = (argv: string[]): Promise<number> => change(argv, "refresh");
export const destroy = (argv: string[]): Promise<number> => change(argv, "destroy");

async function change(argv: string[], kind: Kind): Promise<number> {
  const { flags } = parseFlags(argv);
  const unasked = flags.yes ?? flags["skip-preview"] ?? flags["preview-only"];
  if (!unasked) {
    throw new UserError(
      "--yes or --skip-preview or --preview-only must be passed in to proceed when running in non-interactive mode",
      2,
    );
  }
  const session = openSession(flags);
  applyConfigFlags(session, flags);
  if (flags["preview-only"])
    return exitCode(flags, await operate(session, flags, kind, true), "but changes were proposed");
  const outcome = await locked(session, async () => {
    if (!flags["skip-preview"]) {
      const previewed = await operate(session, flags, kind, true);
      if (!previewed.ok) return previewed;
    }
    return operate(session, flags, kind, false);
  });
  if (outcome.ok && kind === "destroy") sayWhatIsLeft(session);
  return exitCode(flags, outcome, "but changes occurred");
}

async function operate(session: Session, flags: Flags, kind: Kind, preview: boolean): Promise<Outcome> {
  if (flags.client !== undefined) throw refuse("an inline program of the Automation API");
  if (flags.json && !preview) throw refuse("--json for anything but a preview");
  const parallel = Number(flags.parallel ?? defaultParallel);
  return perform(session, {
    kind,
    preview,
    message: flags.message ?? "",
    parallel: Number.isInteger(parallel) && parallel > 0 ? parallel : 1,
    environment: environment(flags),
    refresh: flags.refresh === "true",
    clearPendingCreates: flags["clear-pending-creates"] ?? false,
    sinks: await openSinks(session, flags, titles[kind][preview ? 1 : 0]),
  });
}

async function openSinks({ name, project }: Session, flags: Flags, title: string): Promise<EventSink[]> {
  const sinks: EventSink[] = [];
  if (flags.json) sinks.push(new (await import("../preview-json.ts")).PreviewJson());
  else {
    const { Display } = await import("../display.ts");
    sinks.push(new Display({ title, stack: name.stack, project: project.name, diff: flags.diff ?? false }));
  }
  const log = flags["event-log"];
  if (log !== undefined) sinks.push(await (await import("../event-log.ts")).openEventLog(log));
  return sinks;
}

/** What the history says about where an update came from. */
function environment(flags: Flags): Record<string, string> {
  const used = Object.entries(flags).map(([name, value]) => [`pulumi.flag.${name}`, value === true ? "true" : "set"]);
  return {
    "exec.kind": flags["exec-kind"] ?? "cli",
    "pulumi.version": cliVersion,
    "pulumi.os": process.platform,
    "pulumi.arch": process.arch === "x64" ? "amd64" : process.arch,
    "runtime.name": "nodejs",
    "runtime.version": process.version,
    ...(Object.fromEntries(used) as Record<string, string>),
  };
}

function exitCode(flags: Flags, { ok, changes }: Outcome, surprise: string): number {
  if (!ok) return 1;
  const changed = Object.keys(changes).some((op) => op !== "same");
  if (!flags["expect-no-changes"] || !changed) return 0;
  throw new UserError(`no changes were expected ${surprise}`, 7);
}

/** Removes the stack's locks, whoever holds them. */
export function cancel(argv: string[]): Promise<undefined> {
  const { args, flags } = parseFlags(argv);
  if (!flags.yes) throw new UserError("--yes must be passed in to proceed when running in non-interactive mode", 2);
  const { backend, name } = openSession(flags, args[0] ?? flags.stack);
  removeLocks(backend, name);
  process.stdout.write(`The currently running update for '${name.stack}' has been canceled!\n`);
  return Promise.resolve(undefined);
}

function sayWhatIsLeft({ name }: Session): void {
  process.stdout.write(
    "The resources in the stack have been deleted, but the history and configuration associated with the stack are " +
      `still maintained. \nIf you want to remove the stack completely, run \`pulumi stack rm ${name.stack}\`.\n`,
  );
}
